package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.FetchOptions;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.backtest.request.AssociationsFile;
import io.lamella.gateway.catalog.BlockSlice;
import io.lamella.gateway.http.ApiServer;
import io.lamella.gateway.select.PrefetchLimits;
import io.lamella.storage.object.CountingObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Associations over converted blocks, asked for by HTTP.
class AssociationsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long LOOKBACK = 300_000;
  private static final String CONFIG =
      """
      associations:
        - {type: pools, inverse: data_centers, metric: capacity, from: dc_id, to: pool}
        - {type: hosts, inverse: kinds, metric: 'capacity{kind="k1", host=~"h[01]"}', from: kind, to: host}
        - {type: regional, inverse: regions, metric: '{__name__="capacity"}', from: region, to: pool}
        - {type: none, metric: nothing, from: a, to: b}
      """;

  @TempDir Path directory;

  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    client.close();
  }

  /// A gateway over random blocks.
  private record Served(
      AssociatedBlocks model,
      CountingObjectStore store,
      Gateway gateway,
      AssociationsFile file,
      ApiServer server)
      implements AutoCloseable {
    @Override
    public void close() {
      server.close();
      file.close();
      gateway.close();
      store.close();
    }
  }

  private Served serve(long seed) throws Exception {
    return serve(seed, BlockSlice.ALL);
  }

  private Served serve(long seed, BlockSlice slice) throws Exception {
    Path root = Files.createDirectories(directory.resolve("seed" + seed));
    AssociatedBlocks model = AssociatedBlocks.write(root.resolve("tsdb"), seed);
    ConvertedBlocks.convert(root.resolve("tsdb"), root.resolve("bucket"));
    CountingObjectStore store =
        new CountingObjectStore(DirectoryObjectStore.open(root.resolve("bucket")));
    Gateway gateway =
        Gateway.open(
            store,
            GatewayOptions.defaults()
                .withFetch(FetchOptions.defaults().withoutPageCache())
                .withPrefetch(new PrefetchLimits(0, 0))
                .withSlice(slice)
                .withoutResultsCache());
    AssociationsFile file =
        AssociationsFile.open(Files.writeString(root.resolve("associations.yml"), CONFIG));
    ApiServer server =
        gateway.serve(
            ApiServer.HttpOptions.LOCAL.withAssociations(file),
            new ApiServer.BuildInfo("test", "r"));
    store.reset();
    return new Served(model, store, gateway, file, server);
  }

  private static URI uri(Served served, String parameters) {
    return URI.create(
        "http://127.0.0.1:" + served.server().port() + "/api/v1/associations" + parameters);
  }

  private JsonNode get(Served served, String parameters) throws Exception {
    return JSON.readTree(
        client
            .send(
                HttpRequest.newBuilder(uri(served, "?" + parameters)).build(),
                BodyHandlers.ofString())
            .body());
  }

  private JsonNode post(Served served, String form) throws Exception {
    return JSON.readTree(
        client
            .send(
                HttpRequest.newBuilder(uri(served, ""))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString(form))
                    .build(),
                BodyHandlers.ofString())
            .body());
  }

  private static SortedMap<String, SortedSet<String>> found(JsonNode response) {
    assertEquals("success", response.path("status").asString(""), response::toString);
    SortedMap<String, SortedSet<String>> out = new TreeMap<>();
    for (Map.Entry<String, JsonNode> e : response.get("data").properties()) {
      SortedSet<String> ids = new TreeSet<>();
      e.getValue().forEach(id -> ids.add(id.asString()));
      assertEquals(e.getValue().size(), ids.size());
      assertEquals(
          List.copyOf(ids),
          e.getValue().valueStream().map(JsonNode::asString).toList(),
          "in order");
      out.put(e.getKey(), ids);
    }
    return out;
  }

  private static String time(long millis) {
    return "&time=" + millis / 1000 + "." + String.format("%03d", millis % 1000);
  }

  @Test
  void lookupsFindWhatANaiveModelOfTheSeriesHas() throws Exception {
    for (long seed = 1; seed <= 4; seed++) {
      try (Served served = serve(seed)) {
        Random random = new Random(seed);
        for (int i = 0; i < 60; i++) {
          long at =
              AssociatedBlocks.START
                  + random.nextLong(AssociatedBlocks.DAYS * AssociatedBlocks.DAY + 2 * LOOKBACK)
                  - LOOKBACK;
          assertFinds(served, at, "seed " + seed + " at " + at);
        }
      }
    }
  }

  private void assertFinds(Served served, long at, String what) throws Exception {
    Map<String, String> capacity = Map.of("__name__", "capacity");
    AssociatedBlocks model = served.model();
    SortedMap<String, SortedSet<String>> pools =
        model.expected(capacity, "dc_id", "pool", at, LOOKBACK);
    assertEquals(pools, found(get(served, "type=pools" + time(at))), what);
    assertEquals(
        model.expected(capacity, "pool", "dc_id", at, LOOKBACK),
        found(get(served, "type=data_centers" + time(at))),
        what);
    assertEquals(
        model.expected(capacity, "region", "pool", at, LOOKBACK),
        found(get(served, "type=regional" + time(at))),
        what);
    assertEquals(
        model.expected(capacity, "dc_id", "pool", at, 3_600_000),
        found(get(served, "type=pools&lookback_delta=1h" + time(at))),
        what);
    SortedSet<String> hosts = new TreeSet<>();
    for (String host : List.of("h0", "h1")) {
      model
          .expected(
              Map.of("__name__", "capacity", "kind", "k1", "host", host),
              "kind",
              "host",
              at,
              LOOKBACK)
          .values()
          .forEach(hosts::addAll);
    }
    assertEquals(Map.of("k1", hosts), found(get(served, "type=hosts&id=k1" + time(at))), what);
    SortedMap<String, SortedSet<String>> some = new TreeMap<>();
    for (String id : List.of("1", "3", "unknown")) {
      some.put(id, pools.getOrDefault(id, new TreeSet<>()));
    }
    assertEquals(
        some, found(post(served, "type=pools&id=3&id=1&id=unknown&id=3" + time(at))), what);
  }

  @Test
  void onlyLabelsAreReadAndThoseOfABlockOnce() throws Exception {
    try (Served served = serve(5)) {
      long noon = AssociatedBlocks.START + AssociatedBlocks.DAY / 2;
      get(served, "type=pools&id=1" + time(noon));
      assertTrue(served.store().gets() > 0);
      assertTrue(
          served.store().reads().stream().noneMatch(r -> r.key().name().contains("chunks")),
          () -> served.store().reads().toString());
      served.store().reset();

      get(served, "type=pools" + time(noon + 3_600_000));
      get(served, "type=data_centers&id=pool-1" + time(noon - 3_600_000));
      assertEquals(0, served.store().gets(), () -> served.store().reads().toString());
      get(served, "type=pools&id=1" + time(noon + AssociatedBlocks.DAY));
      assertTrue(served.store().gets() > 0);
    }
  }

  @Test
  void onlyTimesThatAreServedCount() throws Exception {
    long min = AssociatedBlocks.START + 3 * AssociatedBlocks.DAY / 2;
    Instant first = Instant.ofEpochMilli(min);
    BlockSlice slice =
        new BlockSlice(
            _ -> first, _ -> first.plusSeconds(1_000_000), List.of(), InstantSource.system());
    try (Served served = serve(12, slice)) {
      Map<String, String> capacity = Map.of("__name__", "capacity");

      assertEquals(Map.of(), found(get(served, "type=pools" + time(min - 1))));
      // Of the lookback, a second and an instant are served.
      assertEquals(
          served.model().expected(capacity, "dc_id", "pool", min + 1_000, 1_001),
          found(get(served, "type=pools" + time(min + 1_000))));
    }
  }

  @Test
  void countsAndLimitsAreThoseOfTheIds() throws Exception {
    try (Served served = serve(6)) {
      String at = time(AssociatedBlocks.START + 3 * AssociatedBlocks.DAY / 2);
      SortedMap<String, SortedSet<String>> all = found(get(served, "type=regions" + at));
      assertTrue(all.size() > 3, all::toString);

      JsonNode counts = get(served, "type=regions&count=true&id=pool-1&id=x" + at).get("data");
      assertEquals(
          all.getOrDefault("pool-1", new TreeSet<>()).size(), counts.get("pool-1").asInt());
      assertEquals(0, counts.get("x").asInt());

      JsonNode two = get(served, "type=regions&limit=2" + at);
      assertEquals(List.copyOf(all.keySet()).subList(0, 2), List.copyOf(found(two).keySet()));
      assertEquals("results truncated due to limit", two.get("warnings").get(0).asString());
      JsonNode one = get(served, "type=regional&id=r1&limit=1" + at);
      assertEquals(1, found(one).getOrDefault("r1", new TreeSet<>()).size());
      assertTrue(one.has("warnings"));
      assertFalse(get(served, "type=regional&id=r1&limit=100" + at).has("warnings"));
    }
  }

  private String error(Served served, String parameters) throws Exception {
    JsonNode response = get(served, parameters);
    assertEquals("bad_data", response.path("errorType").asString(""), response::toString);
    return response.get("error").asString();
  }

  @Test
  void wrongParametersAreNamed() throws Exception {
    try (Served served = serve(7)) {
      String types = "data_centers, hosts, kinds, none, pools, regional, regions";
      assertEquals(
          "invalid parameter \"type\": there is no association \"pool\", expected one of " + types,
          error(served, "type=pool"));
      assertEquals(
          "invalid parameter \"type\": is missing, expected one of " + types,
          error(served, "id=1"));
      assertTrue(error(served, "type=pools&time=x").startsWith("invalid parameter \"time\""));
      assertTrue(error(served, "type=pools&limit=-1").startsWith("invalid parameter \"limit\""));
      assertTrue(error(served, "type=pools&count=x").startsWith("invalid parameter \"count\""));
      assertEquals(
          "execution",
          get(
                  served,
                  "type=pools&max_series=1"
                      + time(AssociatedBlocks.START + 3 * AssociatedBlocks.DAY / 2))
              .get("errorType")
              .asString());
      assertEquals("{}", get(served, "type=none").get("data").toString());
      assertEquals("{\"x\":[]}", get(served, "type=none&id=x&time=-1e12").get("data").toString());
    }
  }

  private JsonNode verdicts(Served served, String yaml) throws IOException, InterruptedException {
    JsonNode response =
        JSON.readTree(
            client
                .send(
                    HttpRequest.newBuilder(uri(served, "").resolve("/api/v1/backtest"))
                        .header("Content-Type", "application/yaml")
                        .POST(BodyPublishers.ofString(yaml))
                        .build(),
                    BodyHandlers.ofString())
                .body());
    assertEquals("success", response.path("status").asString(""), response::toString);
    return response.get("data").get("verdicts");
  }

  @Test
  void aConstraintWithATypeIsJudgedAsWithItsIdsWrittenByHand() throws Exception {
    for (long seed = 8; seed <= 10; seed++) {
      try (Served served = serve(seed)) {
        Random random = new Random(seed);
        StringBuilder byType = new StringBuilder("shift: [0s, 6h]\nwindows:\n");
        StringBuilder byHand = new StringBuilder(byType);
        for (int i = 0; i < 25; i++) {
          long start =
              (AssociatedBlocks.START
                      + random.nextLong(AssociatedBlocks.DAYS * AssociatedBlocks.DAY))
                  / 1000;
          long end = start + 60 * (1 + random.nextInt(300));
          String dc = "" + random.nextInt(6);
          byType.append(
              String.format(
                  "  - {id: w%d, start: %d, end: %d, labels: {dc_id: '%s'}}%n", i, start, end, dc));
          byHand.append(
              String.format(
                  "  - {id: w%d, start: %d, end: %d, labels: {dc_id: '%s', pools: %s, regions: r1}}%n",
                  i, start, end, dc, "IDS" + i));
        }
        String rest =
            """
            constraints:
              - {name: pools, expr: 'sum by (pool) (capacity{pool=~"$pools"}) < 2', for: 2m}
              - {name: others, expr: 'count(capacity{pool!~"$pools", dc_id="$dc_id"}) > 0', lag: 10m}
              - {name: plain, expr: 'capacity{dc_id="$dc_id"} == 0'}
            """;
        JsonNode verdicts = verdicts(served, byType + rest);
        // Each window is judged at two times, which may have other pools: one request for each.
        for (int shift : new int[] {0, 6}) {
          String written = byHand.toString().replace("[0s, 6h]", "[" + shift + "h]");
          SortedMap<Integer, SortedSet<String>> ids = new TreeMap<>();
          for (int i = 0; i < 25; i++) {
            ids.put(i, new TreeSet<>());
          }
          Random again = new Random(seed);
          for (int i = 0; i < 25; i++) {
            long start =
                (AssociatedBlocks.START
                        + again.nextLong(AssociatedBlocks.DAYS * AssociatedBlocks.DAY))
                    / 1000;
            long end = start + 60 * (1 + again.nextInt(300));
            String dc = "" + again.nextInt(6);
            for (long t = start - shift * 3600L; t <= end - shift * 3600L; t += 60) {
              ids.getOrDefault(i, new TreeSet<>())
                  .addAll(
                      served
                          .model()
                          .expected(
                              Map.of("__name__", "capacity"), "dc_id", "pool", t * 1000, LOOKBACK)
                          .getOrDefault(dc, new TreeSet<>()));
            }
          }
          for (int i = 24; i >= 0; i--) {
            written = written.replace("IDS" + i, ids.getOrDefault(i, new TreeSet<>()).toString());
          }
          JsonNode expected = verdicts(served, written + rest);
          assertSame(verdicts, expected, shift * 3600L, ids);
        }
      }
    }
  }

  private static String key(JsonNode v) {
    return v.get("window").asString() + " " + v.get("constraint").asString();
  }

  private static void assertSame(
      JsonNode all, JsonNode expected, long shiftSeconds, Map<Integer, SortedSet<String>> ids) {
    SortedMap<String, JsonNode> some = new TreeMap<>();
    for (JsonNode v : all) {
      if (v.path("shift_seconds").asLong(0) == shiftSeconds) {
        some.put(key(v), v);
      }
    }
    assertEquals(expected.size(), some.size());
    int errors = 0;
    for (JsonNode e : expected) {
      JsonNode v = some.get(key(e));
      if (e.get("verdict").asString().equals("error")) {
        errors++;
        assertTrue(
            v.get("error").asString().startsWith("no pools are associated with"), v::toString);
      } else {
        assertEquals(e, v);
      }
    }
    long without = ids.values().stream().filter(SortedSet::isEmpty).count();
    assertEquals(2 * without, errors);
    assertTrue(without < ids.size() / 2, ids::toString);
  }

  @Test
  void associationsOfTheRequestHoldBeforeThoseOfTheGateway() throws Exception {
    try (Served served = serve(11)) {
      long noon = (AssociatedBlocks.START + 3 * AssociatedBlocks.DAY / 2) / 1000;
      String request =
          "windows: [{start: "
              + noon
              + ", duration: 10m, labels: {dc_id: '1', kind: k1}}]\n"
              + "constraints: [{name: c, expr: 'capacity{x=\"$pools\"}'}]\n";
      String own = "associations: [{type: pools, metric: nothing, from: kind, to: pool}]\n";

      assertTrue(
          verdicts(served, request)
              .get(0)
              .get("evidence")
              .get("query")
              .asString()
              .contains("pool-"));
      assertTrue(
          verdicts(served, request + own)
              .get(0)
              .get("error")
              .asString()
              .startsWith("no pools are associated with kind k1 from "));
    }
  }
}
