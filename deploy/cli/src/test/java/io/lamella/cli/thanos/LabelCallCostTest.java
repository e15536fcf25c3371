package io.lamella.cli.thanos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.grpc.Services;
import io.lamella.gateway.query.LabelsRequest;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.wire.thanos.LabelMatcher;
import io.lamella.gateway.wire.thanos.LabelNamesRequest;
import io.lamella.gateway.wire.thanos.LabelValuesRequest;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.storage.object.CountingObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Label calls with matchers read nothing of blocks that external labels, times or statistics rule
/// out.
class LabelCallCostTest {
  @TempDir Path directory;

  @BeforeEach
  void publish() throws Exception {
    GrpcGateway.publish("floats", directory.resolve("bucket"), "cluster", "a");
    GrpcGateway.publish("histograms", directory.resolve("bucket"), "cluster", "b");
  }

  private CountingObjectStore store() throws Exception {
    return new CountingObjectStore(DirectoryObjectStore.open(directory.resolve("bucket")));
  }

  private static LabelMatcher equal(String name, String value) {
    return GrpcGateway.matcher(LabelMatcher.Type.EQ, name, value);
  }

  private static LabelValuesRequest.Builder values(String label, LabelMatcher... matchers) {
    return LabelValuesRequest.newBuilder()
        .setLabel(label)
        .setStart(0)
        .setEnd(Long.MAX_VALUE)
        .addAllMatchers(List.of(matchers));
  }

  /// The blocks that were read of.
  private static Set<String> blocks(CountingObjectStore store) {
    Set<String> out = new TreeSet<>();
    store.reads().forEach(r -> out.add(r.key().name().split("/")[1]));
    return out;
  }

  @Test
  void blocksOfOtherStreamsAreNotRead() throws Exception {
    try (CountingObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store)) {
      store.reset();
      List<String> some =
          server
              .unary(Services.STORE_LABEL_VALUES, values("job", equal("cluster", "b")).build())
              .getValuesList();
      Set<String> read = blocks(store);
      List<String> all =
          server.unary(Services.STORE_LABEL_VALUES, values("job").build()).getValuesList();

      assertTrue(!some.isEmpty() && all.containsAll(some));
      assertTrue(read.size() < blocks(store).size(), () -> read + " of " + blocks(store));
      store.reset();
      assertEquals(
          0,
          server
              .unary(
                  Services.STORE_LABEL_NAMES,
                  LabelNamesRequest.newBuilder()
                      .setEnd(Long.MAX_VALUE)
                      .addMatchers(equal("cluster", "c"))
                      .build())
              .getNamesCount());
      assertEquals(0, store.gets());
    }
  }

  @Test
  void blocksOfOtherTimesAreNotRead() throws Exception {
    try (CountingObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store)) {
      store.reset();
      assertEquals(
          List.of(),
          server
              .unary(
                  Services.STORE_LABEL_VALUES,
                  values("job", equal("__name__", "up")).setEnd(1_600_000_000_000L).build())
              .getValuesList());
      assertEquals(0, store.gets());
    }
  }

  @Test
  void pagesThatStatisticsRuleOutAreNotRead() throws Exception {
    try (CountingObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store)) {
      server.unary(Services.STORE_LABEL_VALUES, values("__name__").build());
      store.reset();
      assertEquals(
          List.of(),
          server
              .unary(
                  Services.STORE_LABEL_VALUES,
                  values("job", equal("__name__", "no_such_metric")).build())
              .getValuesList());
      assertEquals(0, store.gets(), () -> store.reads().toString());
    }
  }

  @Test
  void queriesOfTheHttpApiReadNothingOfOtherStreamsEither() throws Exception {
    try (CountingObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store)) {
      store.reset();
      LabelsRequest request =
          new LabelsRequest(
              List.of(List.of(Matcher.equal("cluster", "c"), Matcher.equal("job", "edge"))),
              TimeRange.ALL,
              0);
      assertEquals(
          0,
          server.gateway.queries().labelValues("job", request, QueryOptions.NONE).value().size());
      assertEquals(
          0, server.gateway.queries().labelSets(request, QueryOptions.NONE).value().size());
      assertEquals(0, store.gets());
    }
  }
}
