package io.lamella.cli;

import static io.lamella.cli.HandMadeBlock.DAY;
import static io.lamella.cli.HandMadeBlock.ULID;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.FetchOptions;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.cache.DiskPages;
import io.lamella.gateway.query.LabelsRequest;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.select.PrefetchLimits;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.promql.Value;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A block is published again under its ULID, with files of the same names and other bytes. After
/// the next refresh of the catalog every cache returns the new data.
class RepublishedBlockTest {
  @TempDir Path directory;

  private final MemoryObjectStore memory = new MemoryObjectStore();
  private final Queue<ObjectVersion> read = new ConcurrentLinkedQueue<>();

  /// Remembers the version of each read.
  private final class RecordingStore extends ForwardingObjectStore {
    RecordingStore() {
      super(memory);
    }

    @Override
    public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
      read.add(object);
      return super.read(object, range);
    }
  }

  /// Lists no ETags, as some stores do.
  private static final class WithoutETags extends ForwardingObjectStore {
    WithoutETags(ObjectStore store) {
      super(store);
    }

    @Override
    public Page<ObjectEntry> listPage(String prefix, String token) throws ObjectStoreException {
      return super.listPage(prefix, token)
          .map(e ->
              new ObjectEntry(
                  new ObjectVersion(e.key(), e.version().size(), ""), e.lastModified()));
    }
  }

  /// Publishes a block whose series have the label value `dc`, and samples of a value that `millis`
  /// determines.
  private BlockMeta publish(String dc, int millis) throws IOException {
    return publish(dc, millis, 100);
  }

  /// Removes the files of an earlier block, as a writer does that publishes a deleted block again.
  private BlockMeta publish(String dc, int millis, int samples) throws IOException {
    try (Stream<ObjectEntry> all = memory.list(BlockNames.directory(ULID).name() + "/")) {
      all.forEach(e -> memory.delete(e.key()));
    }
    HandMadeBlock block = new HandMadeBlock();
    long[] times = new long[samples];
    for (int i = 0; i < times.length; i++) {
      times[i] = DAY + i * 15_000L + millis + i % 2;
    }
    return block
        .add("requests", dc, times)
        .write(Files.createTempDirectory(directory, "block"), memory);
  }

  private GatewayOptions allCaches() {
    return GatewayOptions.defaults()
        .withFetch(
            FetchOptions.defaults()
                .withDisk(new DiskPages.DiskCacheOptions(directory.resolve("cache"), 64 << 20)))
        .withPrefetch(new PrefetchLimits(1 << 20, 1 << 20))
        .withCatalogRefresh(Duration.ofMillis(20));
  }

  /// A value that only the chunks hold, and the label value.
  private static String result(Gateway gateway) {
    Value value =
        gateway
            .queries()
            .instant("sum_over_time(requests[1h])", DAY + 3_600_000, QueryOptions.NONE)
            .value()
            .value();
    return switch (value) {
      case Value.Vector v ->
          v.samples().getFirst().labels().value("dc_id") + " " + v.samples().getFirst().value();
      default -> throw new AssertionError(value);
    };
  }

  private static List<String> labelValues(Gateway gateway) {
    return List.copyOf(
        gateway
            .queries()
            .labelValues(
                "dc_id",
                new LabelsRequest(
                    List.of(List.of(Matcher.equal("__name__", "requests"))),
                    new TimeRange(DAY, DAY + 3_600_000),
                    0),
                QueryOptions.NONE)
            .value());
  }

  private static void awaitBlock(Gateway gateway, BlockMeta meta) {
    long end = System.nanoTime() + 30_000_000_000L;
    while (!gateway.blocks().blocks().equals(List.of(meta))) {
      assertTrue(System.nanoTime() < end, "the catalog is not refreshed");
      Thread.onSpinWait();
    }
  }

  @Test
  void everyCacheReturnsTheNewDataAfterTheRefresh() throws Exception {
    publish("1", 10);
    try (Gateway gateway = Gateway.open(memory, allCaches())) {
      assertEquals("1 1050.0", result(gateway));
      assertEquals("1 1050.0", result(gateway));
      assertEquals(List.of("1"), labelValues(gateway));

      BlockMeta after = publish("2", 500);
      awaitBlock(gateway, after);

      assertEquals("2 50050.0", result(gateway));
      assertEquals(List.of("2"), labelValues(gateway));
    }
  }

  @Test
  void aDiskCacheOfTheOldBlockIsNotUsedAfterARestart() throws Exception {
    publish("1", 10);
    try (Gateway gateway = Gateway.open(memory, allCaches())) {
      assertEquals("1 1050.0", result(gateway));
    }
    publish("2", 500);
    try (Gateway gateway = Gateway.open(memory, allCaches())) {
      assertEquals("2 50050.0", result(gateway));
    }
  }

  @Test
  void everyReadOfAFileIsOfItsListedVersion() throws Exception {
    publish("1", 10);
    try (Gateway gateway = Gateway.open(new RecordingStore(), GatewayOptions.defaults())) {
      result(gateway);
      gateway
          .queries()
          .labelSets(
              new LabelsRequest(
                  List.of(List.of(Matcher.equal("__name__", "requests"))),
                  new TimeRange(DAY, DAY + 3_600_000),
                  0),
              QueryOptions.NONE);
    }
    assertEquals(
        List.of("0.chunks.parquet", "0.labels.parquet", "0.manifest"),
        read.stream().map(v -> name(v)).distinct().sorted().toList());
    for (ObjectVersion v : read) {
      assertEquals(memory.head(v.key()).orElseThrow(), v);
    }
  }

  @Test
  void aBlockPublishedAgainBeforeTheRefreshIsReadByTheSameQuery() throws Exception {
    publish("1", 10);
    try (Gateway gateway =
        Gateway.open(memory, GatewayOptions.defaults().withCatalogRefresh(Duration.ofDays(1)))) {
      publish("2", 500);

      assertEquals("2 50050.0", result(gateway));
    }
  }

  @Test
  void withoutETagsAManifestOfAnotherBlockCausesAnEarlyRefresh() throws Exception {
    publish("1", 10);
    try (Gateway gateway =
        Gateway.open(
            new WithoutETags(memory),
            GatewayOptions.defaults().withCatalogRefresh(Duration.ofDays(1)))) {
      // Another number of samples, so that the meta has another size.
      publish("2", 500, 1000);

      assertEquals("2 120120.0", result(gateway));
    }
  }

  private static String name(ObjectVersion v) {
    return BlockNames.fileName(v.key().name());
  }
}
