package io.lamella.cli.thanos;

import static io.lamella.cli.thanos.GrpcGateway.all;
import static io.lamella.cli.thanos.GrpcGateway.labels;
import static io.lamella.cli.thanos.GrpcGateway.matcher;
import static io.lamella.cli.thanos.GrpcGateway.publish;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.lamella.cli.ConvertedBlocks;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.wire.hints.SeriesRequestHints;
import io.lamella.gateway.wire.hints.SeriesResponseHints;
import io.lamella.gateway.wire.thanos.AggrChunk;
import io.lamella.gateway.wire.thanos.LabelMatcher;
import io.lamella.gateway.wire.thanos.PartialResponseStrategy;
import io.lamella.gateway.wire.thanos.Series;
import io.lamella.gateway.wire.thanos.SeriesRequest;
import io.lamella.gateway.wire.thanos.SeriesResponse;
import io.lamella.gateway.wire.thanos.ShardInfo;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.XxHash64;
import io.lamella.storage.RecordedSamples;
import io.lamella.storage.chunk.ChunkDecoder;
import io.lamella.storage.chunk.ChunkEncoding;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What `thanos.Store/Series` returns of blocks that a real Prometheus wrote.
class StoreSeriesTest {
  @TempDir Path directory;

  private Path bucket() {
    return directory.resolve("bucket");
  }

  private ObjectStore store() throws Exception {
    return DirectoryObjectStore.open(bucket());
  }

  @ParameterizedTest
  @ValueSource(strings = {"floats", "histograms", "starttimes"})
  void theChunksHoldExactlyTheSamplesThatPrometheusRead(String set) throws Exception {
    publish(set, bucket(), "cluster", "a");
    // A series whose samples are all deleted has no chunk.
    Map<Labels, List<String>> expected = RecordedSamples.read(set);
    expected.values().removeIf(List::isEmpty);

    Map<Labels, List<String>> actual = new TreeMap<>();
    try (ObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store)) {
      for (Series s : server.series(all())) {
        SampleColumns samples = new SampleColumns();
        for (AggrChunk c : s.getChunksList()) {
          byte[] data = c.getRaw().getData().toByteArray();
          int before = samples.size();
          ChunkDecoder.decode(
              ChunkEncoding.ofId(c.getRaw().getTypeValue() + 1), data, 0, data.length, samples);
          assertEquals(c.getMinTime(), samples.times()[before]);
          assertEquals(c.getMaxTime(), samples.times()[samples.size() - 1]);
          assertEquals(XxHash64.hash(data, 0, data.length), c.getRaw().getHash());
        }
        Labels labels = labels(s);
        assertEquals("a", labels.value("cluster"));
        actual.put(
            labels.toBuilder().remove("cluster").build(),
            comparable(RecordedSamples.text(samples)));
      }
    }

    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach((labels, samples) ->
        assertEquals(comparable(samples), actual.get(labels), () -> "series " + labels));
  }

  /// Start timestamps are not sent, and the first histogram of a chunk has an unknown counter
  /// reset.
  private static List<String> comparable(List<String> samples) {
    return samples.stream()
        .map(s ->
            s.replaceFirst("^(\\S+) \\S+ ", "$1 ")
                .replaceFirst("^(\\S+ (?:int|float)) [012] ", "$1 - "))
        .toList();
  }

  @Test
  void seriesComeInLabelOrderEachOnce() throws Exception {
    publish("floats", bucket(), "cluster", "a");
    try (ObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store)) {
      List<Labels> found = server.series(all()).stream().map(GrpcGateway::labels).toList();

      assertEquals(List.copyOf(new TreeSet<>(found)), found);
      assertEquals(107, found.size());
    }
  }

  @Test
  void batchesHaveAsManySeriesAsTheClientAskedFor() throws Exception {
    publish("floats", bucket(), "cluster", "a");
    try (ObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store)) {
      List<SeriesResponse> frames = server.frames(all().setResponseBatchSize(64));

      assertEquals(2, frames.size());
      assertEquals(64, frames.getFirst().getBatch().getSeriesCount());
      assertEquals(server.series(all()), server.series(all().setResponseBatchSize(64)));
    }
  }

  @Test
  void aLimitCutsTheSeriesSilently() throws Exception {
    publish("floats", bucket(), "cluster", "a");
    try (ObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store)) {
      List<Series> all = server.series(all());

      assertEquals(all.subList(0, 7), server.series(all().setLimit(7)));
      assertEquals(all, server.series(all().setLimit(100_000)));
    }
  }

  @Test
  void withoutChunksTheSameSeriesComeWithLabelsAlone() throws Exception {
    publish("floats", bucket(), "cluster", "a");
    try (ObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store)) {
      List<Series> bare = server.series(all().setSkipChunks(true));

      assertTrue(bare.stream().allMatch(s -> s.getChunksCount() == 0));
      assertEquals(
          server.series(all()).stream().map(GrpcGateway::labels).toList(),
          bare.stream().map(GrpcGateway::labels).toList());
    }
  }

  @Test
  void chunksThatOverlapTheRangeComeWholeAndSeriesWithoutOneAreLeftOut() throws Exception {
    publish("floats", bucket(), "cluster", "a");
    long instant = 1_735_700_000_000L;
    try (ObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store)) {
      List<Series> some = server.series(all().setMinTime(instant).setMaxTime(instant));

      assertTrue(some.size() > 10 && some.size() < 107, () -> some.size() + " series");
      for (Series s : some) {
        for (AggrChunk c : s.getChunksList()) {
          assertTrue(c.getMinTime() <= instant && instant <= c.getMaxTime());
        }
      }
      assertEquals(List.of(), server.series(all().setMinTime(5).setMaxTime(6)));
      assertEquals(List.of(), server.series(all().setMinTime(instant).setMaxTime(instant - 1)));
    }
  }

  @Test
  void externalLabelsAreMatchedAndReplaceLabelsOfTheSeries() throws Exception {
    publish("floats", bucket(), "cluster", "a", "dc_id", "external");
    try (ObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store)) {
      List<Series> found =
          server.series(all().addMatchers(matcher(LabelMatcher.Type.EQ, "dc_id", "external")));

      assertTrue(!found.isEmpty());
      assertTrue(found.stream().allMatch(s -> labels(s).value("dc_id").equals("external")));
      assertEquals(
          List.of(),
          server.series(all().addMatchers(matcher(LabelMatcher.Type.NEQ, "cluster", "a"))));
    }
  }

  /// A request of many names takes no more memory than one of a single name.
  @Test
  void namesThatNoSeriesHasCostNothing() throws Exception {
    publish("floats", bucket(), "cluster", "a");
    GatewayOptions options = ConvertedBlocks.withoutPageCache().withQueryMemoryBytes(32 << 20);
    try (ObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store, options)) {
      SeriesRequest.Builder many = all();
      for (int i = 0; i < 90_000; i++) {
        many.addWithoutReplicaLabels("replica" + i);
      }

      assertEquals(server.series(all()), server.series(many));
    }
  }

  @Test
  void withoutReplicaLabelsReplicasBecomeOneSeriesWithTheChunksOfBoth() throws Exception {
    Replicas.publish(bucket());
    try (ObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store)) {
      List<Series> apart = server.series(all());
      List<Series> together = server.series(all().addWithoutReplicaLabels("replica"));

      assertEquals(2 * together.size(), apart.size());
      assertEquals(chunks(apart), chunks(together));
      List<Labels> labels = together.stream().map(GrpcGateway::labels).toList();
      assertEquals(List.copyOf(new TreeSet<>(labels)), labels);
      assertTrue(labels.stream().noneMatch(l -> l.has("replica")));
    }
  }

  private static long chunks(List<Series> series) {
    return series.stream().mapToLong(Series::getChunksCount).sum();
  }

  @Test
  void shardsAreDisjointAndCompleteTogether() throws Exception {
    publish("floats", bucket(), "cluster", "a");
    try (ObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store)) {
      List<Series> union = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        union.addAll(
            server.series(
                all()
                    .setShardInfo(
                        ShardInfo.newBuilder()
                            .setShardIndex(i)
                            .setTotalShards(3)
                            .setBy(true)
                            .addLabels("dc_id")
                            .addLabels("instance"))));
      }
      union.sort((a, b) -> labels(a).compareTo(labels(b)));

      assertEquals(server.series(all()), union);
    }
  }

  @Test
  void hintsNameTheBlocksThatWereReadAndChooseThem() throws Exception {
    publish("floats", bucket(), "cluster", "a");
    try (ObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store)) {
      String first = server.gateway.blocks().blocks().getFirst().ulid().toString();
      SeriesRequestHints hints =
          SeriesRequestHints.newBuilder()
              .addBlockMatchers(matcher(LabelMatcher.Type.EQ, "__block_id", first))
              .setEnableQueryStats(true)
              .build();

      List<SeriesResponse> frames = server.frames(all().setHints(Any.pack(hints)));

      SeriesResponseHints told = frames.getLast().getHints().unpack(SeriesResponseHints.class);
      assertEquals(1, told.getQueriedBlocksCount());
      assertEquals(first, told.getQueriedBlocks(0).getId());
      assertEquals(frames.size() - 1, told.getQueryStats().getMergedSeriesCount());
    }
  }

  @Test
  void aBlockThatCannotBeReadIsAWarningOrAnErrorAsTheClientAsked() throws Exception {
    publish("floats", bucket(), "cluster", "a");
    Path meta;
    try (Stream<Path> files = Files.walk(bucket())) {
      meta = files.filter(f -> f.endsWith("meta.json")).sorted().findFirst().orElseThrow();
    }
    Files.writeString(meta, "{");
    Files.delete(bucket().resolve("catalog.json"));
    try (ObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store)) {
      List<SeriesResponse> frames = server.frames(all());
      StatusRuntimeException failure =
          assertThrows(
              StatusRuntimeException.class,
              () -> server.frames(all().setPartialResponseStrategy(PartialResponseStrategy.ABORT)));

      String block = meta.getParent().getFileName().toString();
      assertTrue(frames.getFirst().getWarning().contains(block), frames.getFirst()::toString);
      assertTrue(frames.size() > 1);
      assertTrue(failure.getMessage().contains(block), failure::getMessage);
    }
  }

  @Test
  void requestsThatCannotBeCarriedOutAreInvalid() throws Exception {
    publish("floats", bucket(), "cluster", "a");
    try (ObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store)) {
      for (var request :
          List.of(
              all().addMatchers(matcher(LabelMatcher.Type.RE, "a", "(")),
              all().addMatchers(matcher(LabelMatcher.Type.RE, "a", "(((a{100}){100}){100}){100}")),
              all().addMatchers(LabelMatcher.newBuilder().setTypeValue(9).setName("a")),
              all().setLimit(-1),
              all().setShardInfo(ShardInfo.newBuilder().setTotalShards(2).setShardIndex(2)))) {
        StatusRuntimeException e =
            assertThrows(StatusRuntimeException.class, () -> server.frames(request));
        assertEquals(Status.Code.INVALID_ARGUMENT, e.getStatus().getCode(), e::getMessage);
      }
    }
  }

  @Test
  void aDamagedChunkPageFailsTheCallAndNamesTheObject() throws Exception {
    publish("floats", bucket(), "cluster", "a");
    Path chunks;
    try (Stream<Path> files = Files.walk(bucket())) {
      chunks =
          files
              .filter(f -> f.toString().endsWith(".chunks.parquet"))
              .sorted()
              .findFirst()
              .orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(chunks);
    for (int i = 100; i < bytes.length / 2; i += 50) {
      bytes[i] ^= 0x55;
    }
    Files.write(chunks, bytes);
    try (ObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store)) {
      StatusRuntimeException e =
          assertThrows(StatusRuntimeException.class, () -> server.frames(all()));

      assertTrue(e.getMessage().contains(chunks.getFileName().toString()), e::getMessage);
    }
  }
}
