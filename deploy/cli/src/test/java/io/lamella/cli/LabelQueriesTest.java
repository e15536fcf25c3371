package io.lamella.cli;

import static io.lamella.cli.HandMadeBlock.DAY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.FetchOptions;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.query.LabelsRequest;
import io.lamella.gateway.query.MeasuredResult;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.select.PrefetchLimits;
import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.storage.object.CountingObjectStore;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the label endpoints read, and where they stop.
class LabelQueriesTest {
  private static final TimeRange PART = new TimeRange(DAY, DAY + 3_600_000);

  @TempDir Path directory;

  private CountingObjectStore store(int copies, int series, String... metrics) throws Exception {
    HandMadeBlock block = new HandMadeBlock();
    for (String metric : metrics) {
      for (int i = 0; i < series; i++) {
        block.add(metric, String.format("dc%04d", i), DAY, DAY + 60_000);
      }
    }
    return new CountingObjectStore(CopiedBlocks.write(block, directory, copies));
  }

  private static Gateway open(CountingObjectStore store) throws Exception {
    return open(store, options().withoutResultsCache());
  }

  /// Without prefetch, so that only the requests of the test read.
  private static GatewayOptions options() {
    return GatewayOptions.defaults()
        .withFetch(FetchOptions.defaults().withoutPageCache())
        .withPrefetch(new PrefetchLimits(0, 0));
  }

  private static Gateway open(CountingObjectStore store, GatewayOptions options) throws Exception {
    Gateway gateway = Gateway.open(store, options);
    store.reset();
    return gateway;
  }

  private static MeasuredResult<SortedSet<String>> values(Gateway gateway, String name, int limit) {
    return gateway
        .queries()
        .labelValues(name, new LabelsRequest(List.of(), PART, limit), QueryOptions.NONE);
  }

  @Test
  void valuesOfTheSortKeyAreReadFromManifestsAlone() throws Exception {
    try (CountingObjectStore store = store(140, 1000, "up");
        Gateway gateway = open(store)) {
      assertEquals(List.of("up"), List.copyOf(values(gateway, "__name__", 1).value()));
      assertTrue(
          store.reads().stream().allMatch(r -> r.key().name().endsWith(".manifest")),
          () -> store.reads().toString());
      store.reset();

      assertEquals(List.of("up"), List.copyOf(values(gateway, "__name__", 1).value()));
      assertEquals(1000, values(gateway, "dc_id", 0).value().size());
      assertEquals(0, store.gets());
    }
  }

  @Test
  void aRequestWithALimitStopsOnceThereIsOneMore() throws Exception {
    try (CountingObjectStore store = store(140, 2, "down", "up");
        Gateway gateway = open(store)) {
      assertEquals(List.of("down", "up"), List.copyOf(values(gateway, "__name__", 1).value()));
      assertEquals(1, store.gets(), "one manifest");
      store.reset();

      List<Labels> sets =
          gateway
              .queries()
              .labelSets(
                  new LabelsRequest(List.of(List.of(Matcher.equal("__name__", "up"))), PART, 1),
                  QueryOptions.NONE)
              .value();
      assertEquals(2, sets.size());
      assertTrue(store.gets() <= 2, () -> store.reads().toString());
    }
  }

  @Test
  void labelNamesOfWholePagesAreNotRead() throws Exception {
    try (CountingObjectStore store = store(3, 10, "up");
        Gateway gateway = open(store)) {
      assertEquals(
          List.of("__name__", "dc_id"),
          List.copyOf(
              gateway
                  .queries()
                  .labelNames(new LabelsRequest(List.of(), TimeRange.ALL, 0), QueryOptions.NONE)
                  .value()));
      assertEquals(3, store.gets(), "the manifests");
    }
  }

  @Test
  void aRepeatedRequestIsAnsweredFromTheResultsCache() throws Exception {
    try (CountingObjectStore store = store(2, 10, "up");
        Gateway gateway =
            Gateway.open(
                store,
                GatewayOptions.defaults().withFetch(FetchOptions.defaults().withoutPageCache()))) {
      LabelsRequest request =
          new LabelsRequest(List.of(List.of(Matcher.equal("__name__", "up"))), PART, 0);
      List<Labels> first = gateway.queries().labelSets(request, QueryOptions.NONE).value();
      assertEquals(10, first.size());
      store.reset();

      assertEquals(first, gateway.queries().labelSets(request, QueryOptions.NONE).value());
      assertEquals(0, store.gets());
    }
  }
}
