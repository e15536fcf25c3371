package io.lamella.cli.thanos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.lamella.cli.ConvertedBlocks;
import io.lamella.gateway.ReadPath;
import io.lamella.gateway.catalog.BlockCatalog;
import io.lamella.gateway.catalog.BlockSlice;
import io.lamella.gateway.catalog.EarlyRefresh;
import io.lamella.gateway.catalog.RelabelRule;
import io.lamella.gateway.grpc.Services;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.gateway.query.DataSnapshot;
import io.lamella.gateway.select.BlockSource;
import io.lamella.gateway.wire.info.InfoRequest;
import io.lamella.gateway.wire.info.InfoResponse;
import io.lamella.gateway.wire.info.StoreInfo;
import io.lamella.gateway.wire.thanos.AggrChunk;
import io.lamella.gateway.wire.thanos.LabelNamesRequest;
import io.lamella.gateway.wire.thanos.Series;
import io.lamella.model.TimeRange;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Gateways that serve parts of one bucket.
class SlicesTest {
  private static final Instant MIDDLE = Instant.parse("2025-01-02T12:00:00Z");

  private static final Instant FUTURE = Instant.parse("2100-01-01T00:00:00Z");

  @TempDir Path directory;

  @BeforeEach
  void publish() throws Exception {
    GrpcGateway.publish("floats", directory.resolve("bucket"), "cluster", "a");
    GrpcGateway.publish("histograms", directory.resolve("bucket"), "cluster", "b");
  }

  private static BlockSlice times(Instant min, Instant max, String rules) {
    return new BlockSlice(_ -> min, _ -> max, RelabelRule.parse(rules), InstantSource.system());
  }

  private GrpcGateway serve(ObjectStore store, BlockSlice slice) throws Exception {
    return GrpcGateway.open(store, ConvertedBlocks.withoutPageCache().withSlice(slice));
  }

  private static Set<String> chunks(List<Series> series) {
    Set<String> out = new TreeSet<>();
    for (Series s : series) {
      for (AggrChunk c : s.getChunksList()) {
        out.add(GrpcGateway.labels(s) + " " + c.getMinTime() + " " + c.getRaw().getHash());
      }
    }
    return out;
  }

  @Test
  void slicesInTimeHaveAllChunksTogetherAndSayWhichTheyHave() throws Exception {
    try (ObjectStore store = DirectoryObjectStore.open(directory.resolve("bucket"));
        GrpcGateway all = serve(store, BlockSlice.ALL);
        GrpcGateway old = serve(store, times(Instant.EPOCH, MIDDLE, "[]"));
        GrpcGateway recent = serve(store, times(MIDDLE, FUTURE, "[]"))) {
      Set<String> union = chunks(old.series(GrpcGateway.all()));
      union.addAll(chunks(recent.series(GrpcGateway.all())));

      assertEquals(chunks(all.series(GrpcGateway.all())), union);
      StoreInfo first = info(old).getStore();
      StoreInfo second = info(recent).getStore();
      assertEquals(MIDDLE.toEpochMilli(), first.getMaxTime());
      assertEquals(MIDDLE.toEpochMilli(), second.getMinTime());
      assertEquals(
          List.of(),
          recent
              .unary(
                  Services.STORE_LABEL_NAMES,
                  LabelNamesRequest.newBuilder()
                      .setStart(0)
                      .setEnd(MIDDLE.toEpochMilli() - 1)
                      .build())
              .getNamesList());
    }
  }

  private static InfoResponse info(GrpcGateway server) {
    return server.unary(Services.INFO_INFO, InfoRequest.getDefaultInstance());
  }

  @Test
  void rulesChooseStreams() throws Exception {
    BlockSlice one =
        times(Instant.EPOCH, FUTURE, "[{action: keep, source_labels: [cluster], regex: b}]");
    try (ObjectStore store = DirectoryObjectStore.open(directory.resolve("bucket"));
        GrpcGateway server = serve(store, one)) {
      assertEquals(1, info(server).getLabelSetsCount());
      assertEquals("b", info(server).getLabelSets(0).getLabels(0).getValue());
      assertEquals(13, server.series(GrpcGateway.all()).size());
    }
  }

  @Test
  void aStoreTellsItsStreamsAndTimes() throws Exception {
    try (ObjectStore store = DirectoryObjectStore.open(directory.resolve("bucket"));
        GrpcGateway server = serve(store, BlockSlice.ALL)) {
      InfoResponse info = info(server);

      assertEquals("store", info.getComponentType());
      assertEquals(2, info.getLabelSetsCount());
      assertEquals(2, info.getStore().getTsdbInfosCount());
      assertEquals(1_735_689_600_000L, info.getStore().getMinTime());
      assertEquals(true, info.getStore().getSupportsSharding());
      assertEquals(true, info.hasQuery());
    }
  }

  @Test
  void dataHasAnotherVersionWhereTheServedTimesMoved() throws Exception {
    AtomicReference<Instant> min = new AtomicReference<>(Instant.EPOCH);
    BlockSlice moving =
        new BlockSlice(_ -> min.get(), _ -> FUTURE, List.of(), InstantSource.system());
    TimeRange first =
        new TimeRange(MIDDLE.minusSeconds(43_200).toEpochMilli(), MIDDLE.toEpochMilli());
    TimeRange second = new TimeRange(MIDDLE.toEpochMilli(), FUTURE.toEpochMilli());
    try (ObjectStore store = DirectoryObjectStore.open(directory.resolve("bucket"));
        ReadPath reads =
            ReadPath.open(
                store,
                ConvertedBlocks.withoutPageCache().withSlice(moving),
                new GatewayMetrics())) {
      BlockCatalog catalog = reads.openCatalog("");
      BlockSource source =
          new BlockSource(catalog, reads.blocks(), new EarlyRefresh(() -> {}), new Semaphore(1));
      catalog.refresh();
      DataSnapshot before = source.snapshot();
      min.set(Instant.parse("2025-01-02T06:00:00Z"));
      catalog.refresh();
      DataSnapshot after = source.snapshot();

      assertNotEquals(before.version(first), after.version(first));
      assertEquals(before.version(second), after.version(second));
    }
  }
}
