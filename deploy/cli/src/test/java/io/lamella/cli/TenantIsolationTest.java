package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.airlift.compress.v3.snappy.SnappyJavaCompressor;
import io.airlift.compress.v3.snappy.SnappyJavaDecompressor;
import io.lamella.gateway.FetchOptions;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.cache.DiskPages;
import io.lamella.gateway.grpc.Services;
import io.lamella.gateway.select.PrefetchLimits;
import io.lamella.gateway.wire.info.InfoRequest;
import io.lamella.gateway.wire.info.InfoResponse;
import io.lamella.gateway.wire.prometheus.ReadQuery;
import io.lamella.gateway.wire.prometheus.ReadRequest;
import io.lamella.gateway.wire.prometheus.ReadResponse;
import io.lamella.gateway.wire.thanos.LabelMatcher;
import io.lamella.gateway.wire.thanos.LabelNamesRequest;
import io.lamella.gateway.wire.thanos.LabelValuesRequest;
import io.lamella.gateway.wire.thanos.QueryRequest;
import io.lamella.gateway.wire.thanos.SeriesRequest;
import io.lamella.gateway.wire.thanos.SeriesResponse;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two tenants have blocks of the same name with the same series and other values. Each reads its
/// own, whatever is cached of the other.
@Timeout(60)
class TenantIsolationTest {
  private static final String TENANTS = "tenants: {a: {}, b: {prefix: teams/b}}";

  /// Cold, cached, and after the other one, in both orders.
  private static final List<String> TURNS = List.of("a", "b", "b", "a", "a", "b", "a");

  private static final Map<String, String> VALUES = Map.of("a", "111", "b", "222");

  @TempDir Path directory;

  private final MemoryObjectStore store = new MemoryObjectStore();

  @BeforeEach
  void publish() throws Exception {
    TenantGateway.publish(directory, store, "a", 111, "x", "only-a");
    TenantGateway.publish(directory, store, "teams/b", 222, "x", "only-b");
  }

  /// All caches, and the prefetch.
  private GatewayOptions options() {
    return GatewayOptions.defaults()
        .withPrefetch(new PrefetchLimits(1 << 20, 1 << 20))
        .withFetch(
            FetchOptions.defaults()
                .withDisk(new DiskPages.DiskCacheOptions(directory.resolve("cache"), 64 << 20)));
  }

  private TenantGateway open() throws Exception {
    return TenantGateway.open(store, options(), TENANTS);
  }

  private static String other(String tenant) {
    return tenant.equals("a") ? "b" : "a";
  }

  @Test
  void eachTenantReadsItsOwnBlocksOverHttp() throws Exception {
    for (int restart = 0; restart < 2; restart++) {
      try (TenantGateway gateway = open()) {
        for (String tenant : TURNS) {
          String value = gateway.query(tenant, "requests{dc_id=\"x\"}");
          String range =
              gateway
                  .get(
                      tenant,
                      "/api/v1/query_range",
                      "query",
                      "sum(requests)",
                      "start",
                      Long.toString(TenantGateway.TIME),
                      "end",
                      Long.toString(TenantGateway.TIME + 60),
                      "step",
                      "60")
                  .body();
          String labels = gateway.get(tenant, "/api/v1/label/dc_id/values").body();
          String series =
              gateway.get(tenant, "/api/v1/series", "match[]", "{__name__=\"requests\"}").body();
          String federated =
              gateway
                  .get(
                      tenant,
                      "/federate",
                      "match[]",
                      "requests",
                      "time",
                      Long.toString(TenantGateway.TIME))
                  .body();

          assertTrue(value.contains('"' + VALUES.get(tenant) + '"'), value);
          assertTrue(
              range.contains("\"" + 2 * Integer.parseInt(VALUES.getOrDefault(tenant, "")) + "\""),
              range);
          for (String text : List.of(labels, series)) {
            assertTrue(text.contains("only-" + tenant), text);
            assertFalse(text.contains("only-" + other(tenant)), text);
          }
          assertTrue(federated.contains(" " + VALUES.get(tenant) + " "), federated);
          assertFalse(federated.contains("only-" + other(tenant)), federated);
        }
      }
    }
  }

  @Test
  void eachTenantReadsItsOwnBlocksOverGrpc() throws Exception {
    SeriesRequest all =
        SeriesRequest.newBuilder()
            .setMaxTime(Long.MAX_VALUE)
            .addMatchers(
                LabelMatcher.newBuilder()
                    .setType(LabelMatcher.Type.EQ)
                    .setName("__name__")
                    .setValue("requests"))
            .build();
    LabelValuesRequest values =
        LabelValuesRequest.newBuilder().setLabel("dc_id").setEnd(Long.MAX_VALUE).build();
    QueryRequest query =
        QueryRequest.newBuilder()
            .setQuery("requests{dc_id=\"x\"}")
            .setTimeSeconds(TenantGateway.TIME)
            .build();
    try (TenantGateway gateway = open()) {
      Map<String, List<SeriesResponse>> before = new TreeMap<>();
      for (String tenant : TURNS) {
        String[] metadata = {TenantGateway.HEADER, tenant};
        List<SeriesResponse> series = gateway.call(Services.STORE_SERIES, all, metadata);
        List<String> found =
            gateway.call(Services.STORE_LABEL_VALUES, values, metadata).getFirst().getValuesList();
        double value =
            gateway
                .call(Services.QUERY_QUERY, query, metadata)
                .getFirst()
                .getTimeseries()
                .getSamples(0)
                .getValue();

        List<SeriesResponse> earlier = before.put(tenant, series);
        assertTrue(earlier == null || earlier.equals(series));
        assertNotEquals(before.get(other(tenant)), series);
        assertEquals(
            HandMadeBlock.DAY + Long.parseLong(VALUES.getOrDefault(tenant, "")),
            series.getFirst().getSeries().getChunks(0).getMinTime());
        assertEquals(List.of("only-" + tenant, "x"), found);
        assertEquals(VALUES.get(tenant), Integer.toString((int) value));
      }
    }
  }

  @Test
  void eachTenantReadsItsOwnBlocksByRemoteRead() throws Exception {
    byte[] request =
        ReadRequest.newBuilder()
            .addQueries(
                ReadQuery.newBuilder()
                    .setEndTimestampMs(Long.MAX_VALUE)
                    .addMatchers(
                        LabelMatcher.newBuilder()
                            .setType(LabelMatcher.Type.EQ)
                            .setName("dc_id")
                            .setValue("x")))
            .build()
            .toByteArray();
    byte[] compressed = new byte[request.length * 2 + 64];
    int length =
        new SnappyJavaCompressor()
            .compress(request, 0, request.length, compressed, 0, compressed.length);
    try (TenantGateway gateway = open()) {
      for (String tenant : TURNS) {
        byte[] body =
            gateway
                .sendForBytes(
                    gateway
                        .request("/api/v1/read")
                        .header(TenantGateway.HEADER, tenant)
                        .header("Content-Type", "application/x-protobuf")
                        .header("Content-Encoding", "snappy")
                        .POST(
                            HttpRequest.BodyPublishers.ofByteArray(
                                Arrays.copyOf(compressed, length))))
                .body();
        SnappyJavaDecompressor snappy = new SnappyJavaDecompressor();
        byte[] message = new byte[snappy.getUncompressedLength(body, 0)];
        snappy.decompress(body, 0, body.length, message, 0, message.length);

        assertEquals(
            VALUES.get(tenant),
            Integer.toString(
                (int)
                    ReadResponse.parseFrom(message)
                        .getResults(0)
                        .getTimeseries(0)
                        .getSamples(0)
                        .getValue()));
      }
    }
  }

  @Test
  void statusEndpointsTellATenantOnlyOfItself() throws Exception {
    try (TenantGateway gateway = open()) {
      String blocks = gateway.get("a", "/api/v1/status/tsdb/blocks").body();
      String metrics = gateway.get("a", "/api/v1/status/self_metrics").body();

      assertEquals(1, blocks.split("\"ulid\"", -1).length - 1, blocks);
      assertTrue(metrics.contains("{\"name\":\"tenant\",\"value\":\"a\"}"), metrics);
      assertFalse(metrics.contains("{\"name\":\"tenant\",\"value\":\"b\"}"), metrics);
    }
  }

  /// A Querier asks so. It must then ask for series of each tenant.
  @Test
  void infoOfNoTenantTellsTheTimesOfAllAndNoLabels() throws Exception {
    try (TenantGateway gateway = open()) {
      InfoResponse all =
          gateway.call(Services.INFO_INFO, InfoRequest.getDefaultInstance()).getFirst();
      InfoResponse ofB =
          gateway
              .call(Services.INFO_INFO, InfoRequest.getDefaultInstance(), "thanos-tenant", "b")
              .getFirst();

      assertEquals(0, all.getLabelSetsCount());
      assertEquals(1, all.getStore().getTsdbInfosCount());
      assertEquals(HandMadeBlock.DAY, all.getStore().getMinTime());
      assertEquals(1, ofB.getStore().getTsdbInfosCount());
      assertEquals(
          List.of("__name__", "dc_id"),
          gateway
              .call(
                  Services.STORE_LABEL_NAMES,
                  LabelNamesRequest.newBuilder().setEnd(Long.MAX_VALUE).build(),
                  "thanos-tenant",
                  "b")
              .getFirst()
              .getNamesList());
    }
  }

  /// Lists no ETags, as some stores do, so that nothing but names and digests tells files apart.
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

  @Test
  void aTenantThatClaimsTheFilesOfAnotherDoesNotReadThemFromACache() throws Exception {
    ObjectKey meta = BlockNames.meta(HandMadeBlock.ULID);
    store.put(
        new ObjectKey("teams/b/" + meta.name()),
        store.readAll(new ObjectKey("a/" + meta.name()), 1 << 20));
    try (TenantGateway gateway = TenantGateway.open(new WithoutETags(store), options(), TENANTS)) {
      String own = gateway.query("a", "requests{dc_id=\"x\"}");
      String claimed = gateway.query("b", "requests{dc_id=\"x\"}");

      assertTrue(own.contains("\"111\""), own);
      assertTrue(claimed.contains("\"error\""), claimed);
      assertFalse(claimed.contains("\"111\""), claimed);
    }
  }
}
