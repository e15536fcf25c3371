package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.limits.QueryBudget.Used;
import io.lamella.gateway.query.LabelsRequest;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.select.PrefetchLimits;
import io.lamella.model.Matcher;
import io.lamella.storage.block.BlockFiles;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Queries do not read prefetched label pages again.
class LabelPrefetchTest {
  @TempDir private Path directory;

  private GatewayOptions prefetching(long labelBytes) {
    return GatewayOptions.defaults()
        .withoutResultsCache()
        .withCatalogRefresh(Duration.ofMillis(20))
        .withPrefetch(new PrefetchLimits(labelBytes, 1 << 20));
  }

  /// The cost of listing the series of the newest day, whose labels are prefetched first.
  private Used series(Gateway gateway) {
    return gateway
        .queries()
        .labelSets(
            new LabelsRequest(
                List.of(List.of(Matcher.equal("__name__", "ramp"))),
                gateway.blocks().blocks().getLast().range(),
                0),
            QueryOptions.NONE)
        .used();
  }

  private Gateway open(ObjectStore store, long labelBytes)
      throws IOException, InterruptedException {
    return Gateway.open(store, prefetching(labelBytes));
  }

  /// Waits until the first prefetch has ended.
  private static void awaitPrefetch(Gateway gateway) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (prefetches(gateway) == 0) {
      assertTrue(System.nanoTime() < deadline, "nothing is prefetched");
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private static double prefetches(Gateway gateway) {
    return gateway.metrics().registry().scrape("lamella_prefetch_runs"::equals).stream()
        .map(CounterSnapshot.class::cast)
        .flatMap(c -> c.getDataPoints().stream())
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  @Test
  void aBlockThatCannotBeReadIsSkipped() throws IOException, InterruptedException {
    Path source = directory.resolve("tsdb");
    RandomBlocks.write(source, 2);
    Path bucket = directory.resolve("lamella");
    ConvertedBlocks.convert(source, bucket);
    Path newest;
    try (Stream<Path> blocks = Files.list(bucket.resolve("blocks"))) {
      newest = blocks.sorted().toList().getLast();
    }
    byte[] manifest = Files.readAllBytes(BlockFiles.find(newest, "0.manifest"));
    manifest[manifest.length / 2] ^= 1;
    Files.write(BlockFiles.find(newest, "0.manifest"), manifest);
    try (ObjectStore store = DirectoryObjectStore.open(bucket);
        Gateway gateway = open(store, 1 << 20)) {
      awaitPrefetch(gateway);

      assertEquals(
          0,
          gateway
              .queries()
              .labelSets(
                  new LabelsRequest(
                      List.of(List.of(Matcher.equal("__name__", "ramp"))),
                      gateway.blocks().blocks().getFirst().range(),
                      0),
                  QueryOptions.NONE)
              .used()
              .reads());
    }
  }

  @Test
  void prefetchedLabelsAreNotReadAgain() throws IOException, InterruptedException {
    Path source = directory.resolve("tsdb");
    RandomBlocks.write(source, 2);
    ConvertedBlocks.convert(source, directory.resolve("lamella"));
    try (ObjectStore store = DirectoryObjectStore.open(directory.resolve("lamella"));
        Gateway gateway = open(store, 1 << 20)) {
      awaitPrefetch(gateway);
      assertEquals(0, series(gateway).reads());
    }
    try (ObjectStore store = DirectoryObjectStore.open(directory.resolve("lamella"));
        Gateway gateway = open(store, 1)) {
      assertTrue(series(gateway).reads() > 0, "a limit of one byte allows no prefetch");
    }
  }
}
