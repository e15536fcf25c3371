package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
    String uri = request.replace("[", "%5B").replace("]", "%5D");
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

  @Test
  void everyPathOfTheServerIsInTheTable() throws Exception {
    TreeSet<String> missing = new TreeSet<>(server.paths());
    rows().forEach(row -> missing.remove(row.path()));

    assertEquals(new TreeSet<>(), missing);
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

  @Test
  void limitOfRuleGroupsIsAPositiveNumber() throws Exception {
    assertEquals(200, send("GET", "/api/v1/rules?group_limit=1").statusCode());
    assertEquals(400, send("GET", "/api/v1/rules?group_limit=0").statusCode());
    assertEquals(400, send("GET", "/api/v1/rules?group_limit=x").statusCode());
  }
}
