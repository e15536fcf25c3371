package io.lamella.cli.bucket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.storage.object.local.DirectoryTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random buckets with all that goes wrong in real ones: what the gateway has after each conversion
/// is what was written, by the rules of FORMAT.md and of the converter's README.
///
/// `-Dlamella.nasty.count=1000 -Dlamella.nasty.seed=7` sets the number of buckets and the first
/// seed.
class RandomBucketsTest {
  private static final int COUNT = Integer.getInteger("lamella.nasty.count", 40);
  private static final long SEED = Long.getLong("lamella.nasty.seed", 1);
  private static final int SHOWN = 5;

  @TempDir Path directory;

  @Test
  void theGatewayHasTheSamplesThatWereWritten() throws Exception {
    List<String> differences = new ArrayList<>();
    long compared = 0;
    for (long seed = SEED; seed < SEED + COUNT; seed++) {
      Path of = Files.createDirectory(directory.resolve("seed-" + seed));
      RandomBucketRun run = new RandomBucketRun(seed, new OwnBlocks(), of);
      Optional<String> difference = run.run();
      compared += run.compared();
      if (difference.isPresent()) {
        differences.add("seed " + seed + ": " + difference.get());
      }
      DirectoryTree.delete(of);
    }
    System.out.printf("%,d random buckets, %,d samples and results compared%n", COUNT, compared);
    assertEquals(
        "",
        String.join("\n", differences.subList(0, Math.min(SHOWN, differences.size()))),
        () -> differences.size() + " buckets of " + COUNT + " differ");
  }
}
