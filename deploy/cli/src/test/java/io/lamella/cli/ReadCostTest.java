package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.query.LabelsRequest;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.promql.QueryResult;
import io.lamella.promql.Value;
import io.lamella.storage.object.CountingObjectStore;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Checks the exact number of reads and bytes of queries. These numbers change only when the format
/// or the planner changes; a commit that changes them says why.
class ReadCostTest {
  private static final long AT = 1_748_829_600_000L;
  private static final String SCOPES =
      "sum by (instance) (hmd:release_scopes:enabled{dc_id=\"45\"})";
  private static final String LINKS =
      "sum by (lldp_name) (network_snmp_interface_admin_status{instance=~\"edge01.fra03\", lldp_name=~\"spine.*\"})";

  @TempDir Path directory;

  private record ReadCost(int gets, long bytes) {}

  private static ReadCost cost(CountingObjectStore store, Gateway gateway, String query) {
    store.reset();
    QueryResult result = gateway.queries().instant(query, AT, QueryOptions.NONE).value();
    assertTrue(result.value() instanceof Value.Vector v && !v.samples().isEmpty(), "no result");
    return new ReadCost(store.gets(), store.bytesRead());
  }

  @Test
  void exampleQueriesReadFewRangesAndFewBytes() throws Exception {
    ConvertedBlocks.convert(ConvertedBlocks.demo(), directory.resolve("bucket"));
    try (ObjectStore files = DirectoryObjectStore.open(directory.resolve("bucket"));
        CountingObjectStore store = new CountingObjectStore(files);
        Gateway gateway = Gateway.open(store, ConvertedBlocks.withoutPageCache())) {

      // The manifest, one read of label pages, one of chunk pages.
      ReadCost first = cost(store, gateway, SCOPES);
      // The manifest is cached: label pages and chunk pages in parallel.
      ReadCost again = cost(store, gateway, SCOPES);
      ReadCost links = cost(store, gateway, LINKS);

      // The manifest states the sources' versions, which are times of files here, so that its
      // compressed size differs by some bytes from checkout to checkout.
      assertEquals(3, first.gets());
      assertEquals(2300, first.bytes() - 1267, 30, "bytes of the manifest");
      assertEquals(new ReadCost(2, 1267), again);
      assertEquals(new ReadCost(2, 3785), links);
    }
  }

  /// The limit is read while the series to clamp are.
  @Test
  void aSelectionThatIsReadTwiceAtOnceIsFetchedOnce() throws Exception {
    ConvertedBlocks.convert(ConvertedBlocks.demo(), directory.resolve("bucket"));
    try (ObjectStore files = DirectoryObjectStore.open(directory.resolve("bucket"));
        CountingObjectStore store = new CountingObjectStore(files);
        Gateway gateway = Gateway.open(store, ConvertedBlocks.withoutPageCache())) {
      String selector = "hmd:release_scopes:enabled{dc_id=\"45\"}";
      cost(store, gateway, SCOPES);

      ReadCost once = cost(store, gateway, "topk(1, " + selector + ")");
      ReadCost twice =
          cost(
              store,
              gateway,
              "sum(clamp_max(" + selector + ", scalar(topk(1, " + selector + "))))");

      assertEquals(once, twice);
    }
  }

  @Test
  void aRepeatedQueryReadsNothing() throws Exception {
    ConvertedBlocks.convert(ConvertedBlocks.demo(), directory.resolve("bucket"));
    try (ObjectStore files = DirectoryObjectStore.open(directory.resolve("bucket"));
        CountingObjectStore store = new CountingObjectStore(files);
        Gateway gateway = Gateway.open(store, GatewayOptions.defaults())) {
      cost(store, gateway, SCOPES);

      assertEquals(new ReadCost(0, 0), cost(store, gateway, SCOPES));
      // The first query has cached the extents that hold these pages as well.
      assertEquals(new ReadCost(0, 0), cost(store, gateway, LINKS));
    }
  }

  @Test
  void labelQueriesNeverReadChunks() throws Exception {
    ConvertedBlocks.convert(ConvertedBlocks.demo(), directory.resolve("bucket"));
    try (ObjectStore files = DirectoryObjectStore.open(directory.resolve("bucket"));
        CountingObjectStore store = new CountingObjectStore(files);
        Gateway gateway = Gateway.open(store, GatewayOptions.defaults())) {
      store.reset();

      gateway
          .queries()
          .labelNames(
              new LabelsRequest(java.util.List.of(), io.lamella.model.TimeRange.ALL, 0),
              QueryOptions.NONE);

      // The manifests of three blocks; the page index proves the names.
      assertEquals(3, store.reads().size());

      gateway
          .queries()
          .labelSets(
              new LabelsRequest(java.util.List.of(), io.lamella.model.TimeRange.ALL, 0),
              QueryOptions.NONE);

      // Label pages of each block.
      assertEquals(6, store.reads().size());
      assertTrue(store.reads().stream().noneMatch(r -> r.key().name().endsWith(".chunks.parquet")));
    }
  }

  @Test
  void aQueryWithoutAMatchReadsNoPage() throws Exception {
    ConvertedBlocks.convert(ConvertedBlocks.demo(), directory.resolve("bucket"));
    try (ObjectStore files = DirectoryObjectStore.open(directory.resolve("bucket"));
        CountingObjectStore store = new CountingObjectStore(files);
        Gateway gateway = Gateway.open(store, GatewayOptions.defaults())) {
      gateway.queries().instant("zzz_nothing", AT, QueryOptions.NONE);
      store.reset();

      gateway.queries().instant("zzz_nothing", AT, QueryOptions.NONE);

      assertEquals(0, store.gets());
    }
  }
}
