package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockMetaJson;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A conversion that is killed at any moment publishes whole blocks or nothing, and the next run
/// completes the work. The moment is random in real time, because a process can only be killed so.
class KilledConversionTest {
  /// `-Dlamella.kills=50` for more.
  private static final int KILLS = Integer.getInteger("lamella.kills", 5);

  @TempDir Path directory;

  private Process convert(Path target) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.lamella.cli.Main",
                "convert",
                "--from",
                ConvertedBlocks.demo().toString(),
                "--to",
                target.toString(),
                "--work-dir",
                directory.resolve("work").toString(),
                "--threads",
                "1"));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(directory.toFile(), "log")))
        .start();
  }

  /// Every block that has a meta is whole: sizes and digests of its files are what the meta says.
  private static Map<String, String> wholeBlocks(Path target) throws Exception {
    Map<String, String> digests = new TreeMap<>();
    Path blocks = target.resolve("blocks");
    if (!Files.isDirectory(blocks)) {
      return digests;
    }
    try (Stream<Path> all = Files.list(blocks)) {
      for (Path block : all.sorted().toList()) {
        Path metaFile = block.resolve("meta.json");
        if (!Files.exists(metaFile)) {
          continue;
        }
        BlockMeta meta = BlockMetaJson.read(Files.readAllBytes(metaFile), metaFile.toString());
        for (BlockMeta.Shard shard : meta.shards()) {
          for (BlockMeta.File file : List.of(shard.labels(), shard.chunks())) {
            byte[] bytes = Files.readAllBytes(block.resolve(file.name()));
            assertEquals(file.size(), bytes.length);
            String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            assertEquals(file.sha256(), digest);
            digests.put(meta.ulid() + "/" + file.name(), digest);
          }
        }
      }
    }
    return digests;
  }

  @Test
  void aKilledConversionPublishesNoPartialBlockAndTheNextRunCompletes() throws Exception {
    Path complete = directory.resolve("complete");
    long started = System.nanoTime();
    assertEquals(0, convert(complete).waitFor());
    long durationMillis = (System.nanoTime() - started) / 1_000_000;
    Map<String, String> expected = wholeBlocks(complete);
    assertEquals(6, expected.size());

    long seed = System.nanoTime();
    Random random = new Random(seed);
    int killed = 0;
    for (int i = 0; i < KILLS; i++) {
      Path target = directory.resolve("killed-" + i);
      Process process = convert(target);
      boolean ended =
          process.waitFor(
              durationMillis / 4 + random.nextLong(durationMillis), TimeUnit.MILLISECONDS);
      process.destroyForcibly().waitFor();
      killed += ended ? 0 : 1;

      Map<String, String> visible = wholeBlocks(target);
      assertTrue(expected.entrySet().containsAll(visible.entrySet()), () -> "seed " + seed);

      assertEquals(0, convert(target).waitFor(), () -> "seed " + seed);
      assertEquals(expected, wholeBlocks(target), () -> "seed " + seed);
      CommandRun verified =
          CommandRun.of(
              "verify",
              "--store",
              target.toString(),
              "--source",
              ConvertedBlocks.demo().toString());
      assertEquals(0, verified.exitCode(), () -> "seed " + seed + ": " + verified);
    }
    assertTrue(killed > 0, "no run was killed before its end");
    try (Stream<Path> remaining = Files.list(directory.resolve("work"))) {
      assertEquals(List.of(), remaining.toList(), "work directories of killed runs are removed");
    }
  }
}
