package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// The table of endpoints in the README and the server agree.
class EndpointTableTest {
  private static final Pattern ROW =
      Pattern.compile("\\| ([A-Z, ]+) \\| `(/[^`]*)` \\| ([0-9]{3}) \\| .* \\|");

  private final ApiServer server = EmptySource.serve(ApiServer.HttpOptions.LOCAL);
  private final HttpClient client = HttpClient.newHttpClient();

  private record Row(List<String> methods, String request, int status) {
    String path() {
      return request.replaceFirst("\\?.*", "");
    }
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  private static List<Row> rows() throws IOException {
    Path readme = Path.of("README.md");
    List<Row> out = new ArrayList<>();
    for (String line : Files.readAllLines(readme)) {
      Matcher m = ROW.matcher(line);
      if (m.matches()) {
        out.add(new Row(List.of(m.group(1).split(", ")), m.group(2), Integer.parseInt(m.group(3))));
      }
    }
    return out;
  }

  private HttpResponse<String> send(String method, String request) throws Exception {
    String uri =
        request
            .replace("[", "%5B")
            .replace("]", "%5D")
            .replace("{", "%7B")
            .replace("}", "%7D")
            .replace("\"", "%22");
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + uri))
            .method(method, BodyPublishers.noBody())
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void everyEndpointAnswersAsTheTableSays() throws Exception {
    List<Row> rows = rows();
    assertTrue(rows.size() > 40, () -> rows.size() + " rows");
    for (Row row : rows) {
      for (String method : row.methods()) {
        HttpResponse<String> response = send(method, row.request());
        assertEquals(
            row.status(),
            response.statusCode(),
            () -> method + " " + row.request() + ": " + response.body());
        assertEquals(204, send("OPTIONS", row.request()).statusCode(), row.request());
      }
    }
  }

  /// A path as a pattern, where its parameters are in braces.
  private static Pattern pattern(String path) {
    return Pattern.compile(path.replaceAll("\\{[^}]+}", "[^/]+"));
  }

  @Test
  void everyRouteOfTheServerIsInTheTable() throws Exception {
    TreeSet<String> missing = new TreeSet<>();
    List<Row> rows = rows();
    for (Routes.Route route : server.routes()) {
      if (rows.stream()
          .noneMatch(r ->
              r.methods().contains(route.method().name())
                  && pattern(route.path()).matcher(r.path()).matches())) {
        missing.add(route.method().name() + " " + route.path());
      }
    }

    assertEquals(new TreeSet<>(), missing);
  }

  @Test
  void methodsThatTheTableDoesNotNameAreRefused() throws Exception {
    List<Row> rows = rows();
    for (Row row : rows) {
      List<String> named =
          rows.stream()
              .filter(r -> r.path().equals(row.path()))
              .flatMap(r -> r.methods().stream())
              .toList();
      boolean isThere =
          server.routes().stream().anyMatch(r -> pattern(r.path()).matcher(row.path()).matches());
      for (String method : List.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH")) {
        if (!named.contains(method)) {
          HttpResponse<String> response = send(method, row.request());
          assertEquals(
              isThere ? 405 : 404, response.statusCode(), () -> method + " " + row.request());
          assertEquals(isThere, response.headers().firstValue("Allow").isPresent());
        }
      }
    }
  }

  @Test
  void theDocumentDescribesEveryRouteOfTheApi() throws Exception {
    TreeSet<String> routes = new TreeSet<>();
    for (Routes.Route r : server.routes()) {
      if (r.path().startsWith("/api/v1/")) {
        routes.add(r.method().name().toLowerCase(Locale.ROOT) + r.path().substring(7));
      }
    }
    TreeSet<String> described = new TreeSet<>();
    String path = "";
    for (String line : send("GET", "/api/v1/openapi.yaml").body().lines().toList()) {
      if (line.matches("  /.*:")) {
        path = line.strip().replaceAll(":$", "");
      } else if (line.matches("    (get|post|put):")) {
        described.add(line.strip().replace(":", "") + path);
      }
    }

    assertEquals(routes, described);
  }

  @Test
  void emptyAnswersHaveTheShapesOfPrometheus() throws Exception {
    ObjectMapper json = new ObjectMapper();
    for (String path : EmptyApi.DATA.keySet()) {
      JsonNode body = json.readTree(send("GET", path).body());
      assertEquals("success", body.get("status").asString(), path);
      assertEquals(json.readTree(EmptyApi.DATA.get(path)), body.get("data"), path);
    }
    assertEquals(
        "{\"status\":\"success\",\"data\":{\"groups\":[]}}",
        send("GET", "/api/v1/rules?type=alert").body());
    assertEquals(400, send("GET", "/api/v1/metadata?limit=x").statusCode());
    assertEquals(400, send("GET", "/api/v1/rules?type=other").statusCode());
    assertEquals(400, send("GET", "/api/v1/rules?group_next_token=a").statusCode());
    assertEquals(400, send("GET", "/api/v1/query_exemplars?query=up%7B").statusCode());
    assertEquals(
        "{\"status\":\"error\",\"errorType\":\"unavailable\",\"error\":\"admin APIs disabled\"}",
        send("POST", "/api/v1/admin/tsdb/snapshot").body());
  }

  @Test
  void searchIsRefusedAsInPrometheusWithoutTheFeature() throws Exception {
    assertEquals(
        "{\"status\":\"error\",\"errorType\":\"unavailable\",\"error\":\"search API disabled\"}",
        send("GET", "/api/v1/search/metric_names").body());
  }

  @Test
  void reloadIsRefusedInTheWordsOfPrometheus() throws Exception {
    assertEquals("Lifecycle API is not enabled.", send("POST", "/-/reload").body());
  }

  private String error(String request) throws Exception {
    HttpResponse<String> response = send("GET", request);
    assertEquals(400, response.statusCode(), request);
    JsonNode body = new ObjectMapper().readTree(response.body());
    assertEquals("bad_data", body.get("errorType").asString(), request);
    return body.get("error").asString();
  }

  @Test
  void parametersAreCheckedInTheWordsOfPrometheus() throws Exception {
    Map<String, String> expected =
        Map.ofEntries(
            Map.entry(
                "query_exemplars", "unknown position: parse error: no expression found in input"),
            Map.entry(
                "query_exemplars?query=up&start=5&end=1",
                "end timestamp must not be before start timestamp"),
            Map.entry("scrape_pools/config", "no scrapePool parameter provided"),
            Map.entry(
                "scrape_pools/config?scrapePool=zz",
                "error retrieving scrape config: scrape pool \"zz\" not found"),
            Map.entry("targets/relabel_steps", "no scrapePool parameter provided"),
            Map.entry("targets/relabel_steps?scrapePool=t", "no labels parameter provided"),
            Map.entry(
                "targets/relabel_steps?scrapePool=zz&labels={}",
                "error retrieving scrape config: scrape pool \"zz\" not found"),
            Map.entry("status/tsdb?limit=0", "limit must be a positive number"),
            Map.entry("status/tsdb?limit=x", "limit must be a positive number"),
            Map.entry("status/tsdb?limit=100000", "limit must not exceed 10000"),
            Map.entry("targets/metadata?limit=x", "limit must be a number"),
            Map.entry(
                "targets/metadata?match_target={",
                "invalid parameter \"match_target\": 1:2: parse error: unexpected end of input inside"
                    + " braces"),
            Map.entry("rules?match[]={", "1:2: parse error: unexpected end of input inside braces"),
            Map.entry("rules?match[]=1", "1:1: parse error: expected a series selector, got \"1\""),
            Map.entry("metadata?limit_per_metric=x", "limit_per_metric must be a number"),
            Map.entry(
                "rules?exclude_alerts=zz",
                "invalid parameter \"exclude_alerts\": error converting exclude_alerts:"
                    + " strconv.ParseBool: parsing \"zz\": invalid syntax"),
            Map.entry(
                "rules?group_limit=5&group_next_token=zz",
                "invalid parameter \"group_next_token\": invalid group_next_token 'zz'. were rule"
                    + " groups changed?"));
    for (Map.Entry<String, String> e : expected.entrySet()) {
      assertEquals(e.getValue(), error("/api/v1/" + e.getKey()), e.getKey());
    }
  }

  @Test
  void countsOfDroppedTargetsAreNullWhereOnlyOthersAreAskedFor() throws Exception {
    ObjectMapper json = new ObjectMapper();
    String counts = "droppedTargetCounts";
    for (String state : List.of("", "any", "dropped")) {
      JsonNode body = json.readTree(send("GET", "/api/v1/targets?state=" + state).body());
      assertTrue(body.get("data").get(counts).isObject(), state);
    }
    JsonNode active = json.readTree(send("GET", "/api/v1/targets?state=active").body());
    assertTrue(active.get("data").get(counts).isNull());
  }

  @Test
  void featuresAreThoseOfTheLanguageAsItIsSet() throws Exception {
    JsonNode all = new ObjectMapper().readTree(send("GET", "/api/v1/features").body()).get("data");

    assertTrue(all.get("promql_functions").get("rate").asBoolean());
    assertTrue(!all.get("promql_functions").get("mad_over_time").asBoolean());
    assertTrue(all.get("promql_operators").get("atan2").asBoolean());
    assertTrue(!all.get("promql_operators").get("limitk").asBoolean());
    assertTrue(all.get("promql").get("subqueries").asBoolean());
    assertTrue(!all.get("promql").get("fill").asBoolean());
    assertTrue(!all.get("api").get("admin").asBoolean());
  }

  @Test
  void metricsOfTheServerAreShownByName() throws Exception {
    send("GET", "/api/v1/query?query=1");
    ObjectMapper json = new ObjectMapper();
    JsonNode some =
        json.readTree(
                send(
                        "GET",
                        "/api/v1/status/self_metrics?metric_name_pattern=lamella_http_request.*")
                    .body())
            .get("data");
    JsonNode all = json.readTree(send("GET", "/api/v1/status/self_metrics").body()).get("data");

    assertTrue(some.size() >= 2 && some.size() < all.size(), some::toString);
    for (JsonNode family : some) {
      String kind = family.get("type").asString().toLowerCase(Locale.ROOT);
      assertTrue(family.get("metric").get(0).has(kind), family::toString);
    }
    assertEquals(
        400, send("GET", "/api/v1/status/self_metrics?metric_name_pattern=%28").statusCode());
  }

  @Test
  void everyMetricOfTheServerHasItsType() throws Exception {
    JsonNode all =
        new ObjectMapper().readTree(send("GET", "/api/v1/status/self_metrics").body()).get("data");

    for (JsonNode family : all) {
      String kind = family.get("type").asString().toLowerCase(Locale.ROOT);
      assertNotEquals("untyped", kind, family::toString);
      assertTrue(family.get("metric").get(0).has(kind), family::toString);
    }
  }

  @Test
  void limitOfRuleGroupsIsAPositiveNumber() throws Exception {
    assertEquals(200, send("GET", "/api/v1/rules?group_limit=1").statusCode());
    assertEquals(400, send("GET", "/api/v1/rules?group_limit=0").statusCode());
    assertEquals(400, send("GET", "/api/v1/rules?group_limit=x").statusCode());
  }
}
