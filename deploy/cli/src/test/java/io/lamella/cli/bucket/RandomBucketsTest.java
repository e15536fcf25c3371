package io.lamella.cli.bucket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.lamella.storage.object.local.DirectoryTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random buckets with all that goes wrong in real ones: what the gateway has after each conversion
/// is what was written, by the rules of FORMAT.md and of the converter's README, every damaged
/// block is named, and `verify` finds nothing in the end.
///
/// The buckets have replicas with gaps and skewed clocks, interleaved and duplicated blocks,
/// histograms of all kinds with resets, samples outside of what a meta states, late blocks,
/// tombstones, compactions, marks, and damage that is repaired later; the settings change between
/// runs. Some runs are divided into shards or items, rebuild all days, or leave out the last ones.
/// Metas of published blocks break and are mended or removed. Some buckets have start timestamps.
///
/// `-Dlamella.nasty.count=1000 -Dlamella.nasty.seed=7` sets the number of buckets and the first
/// seed. `-Dlamella.oracle=FILE` names a program on Prometheus' libraries that has the command
/// `serve`.
class RandomBucketsTest {
  private static final int COUNT = Integer.getInteger("lamella.nasty.count", 20);
  private static final long SEED = Long.getLong("lamella.nasty.seed", 1);
  private static final String ORACLE = System.getProperty("lamella.oracle", "");
  private static final int SHOWN = 5;

  @TempDir Path directory;

  private final List<String> differences = new ArrayList<>();
  private long compared;
  private long withPrometheus;

  private interface RunOfSeed {
    Optional<String> of(long seed, Path directory) throws Exception;
  }

  @Test
  void theGatewayHasTheSamplesThatWereWritten() throws Exception {
    run((seed, of) -> difference(seed, RandomBucketRun.of(seed, of)));

    System.out.printf("%,d random buckets, %,d samples and results compared%n", COUNT, compared);
    assertEquals("", shown());
  }

  @Test
  void theGatewayHasTheSamplesAndResultsOfPrometheus() throws Exception {
    assumeFalse(ORACLE.isEmpty(), "random buckets with Prometheus need -Dlamella.oracle=FILE");
    try (PrometheusProcess process = start()) {
      run((seed, of) -> difference(seed, RandomBucketRun.of(seed, of, process)));
    }

    System.out.printf(
        "%,d random buckets of Prometheus, %,d samples and results compared, %,d conversions with Prometheus' engine%n",
        COUNT, compared, withPrometheus);
    assertEquals("", shown());
  }

  private static PrometheusProcess start() {
    try {
      return new PrometheusProcess(Path.of(ORACLE));
    } catch (IOException e) {
      return abort("random buckets with Prometheus: " + e.getMessage());
    }
  }

  private void run(RunOfSeed runs) throws Exception {
    for (long seed = SEED; seed < SEED + COUNT; seed++) {
      Path of = Files.createDirectory(directory.resolve("seed-" + seed));
      String replay = "\n-Dlamella.nasty.seed=" + seed + " -Dlamella.nasty.count=1: ";
      runs.of(seed, of).ifPresent(d -> differences.add(replay + d));
      DirectoryTree.delete(of);
    }
  }

  private Optional<String> difference(long seed, RandomBucketRun run) throws Exception {
    try {
      return run.run();
    } catch (IOException | RuntimeException e) {
      throw new IllegalStateException("seed " + seed, e);
    } finally {
      compared += run.compared();
      withPrometheus += run.comparedWithPrometheus();
    }
  }

  private String shown() {
    List<String> some = differences.subList(0, Math.min(SHOWN, differences.size()));
    return differences.isEmpty()
        ? ""
        : differences.size() + " buckets of " + COUNT + " differ" + String.join("\n", some);
  }
}
