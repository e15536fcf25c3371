package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Requests for backtests that are wrong: each is refused with an error that begins with the path
/// of the field to blame. All together are more than 300.
abstract class BadBacktests {
  static final ObjectMapper JSON = new ObjectMapper();
  static final String WINDOWS = "windows: [{id: w, start: 0, end: 600}]\n";
  static final String CONSTRAINTS = "constraints: [{name: c, expr: up == 0}]\n";

  static final List<String> NO_TIMES =
      List.of(
          "tomorrow",
          "'2025-06-02'",
          "'2025-06-02T02:00:00'",
          "'2025-13-02T02:00:00Z'",
          "'2025-06-31T02:00:00Z'",
          "'2025-06-02T25:00:00Z'",
          "'2025-06-02T02:00:00+99:00'",
          "'+999999-06-02T02:00:00Z'",
          "1.0005",
          "NaN",
          ".inf",
          "1e99",
          "1e999999999",
          "9223372036854775807",
          "-9223372036854775808",
          "0x10",
          "1m",
          "'1;2'");
  static final List<String> NO_DURATIONS =
      List.of("x", "-5m", "5", "5 m", "1.5h", "m5", "1h1h", "1m1h", "5M", "'5m;'", "99999999999y");
  static final List<String> NO_TEXTS = List.of("[a]", "{a: b}", "[]", "{}", "[[a]]");
  static final List<String> NO_LISTS = List.of("a", "1", "{a: b}");
  static final List<String> NO_OBJECTS = List.of("a", "1", "[a]", "[]");
  static final List<String> NO_LABELS =
      List.of(
          "'\"} or up{'",
          "a-b",
          "1a",
          "''",
          "__name__",
          "__x",
          "'a b'",
          "'a=b'",
          "'$a'",
          "ä",
          "'a\"'",
          "'{}'",
          "'a,b'");
  static final List<String> NO_VECTORS =
      List.of(
          "'1'",
          "'1 + 2'",
          "'\"text\"'",
          "time()",
          "scalar(up)",
          "'up[5m]'",
          "'up[5m:1m]'",
          "'rate(up)'",
          "'rate(up[5m]'",
          "'sum('",
          "'up{'",
          "'up{a=}'",
          "'up{a=\"b\"} or'",
          "'up{a=~\"(\"}'",
          "'up == '",
          "'== 0'",
          "'foo bar'",
          "'nofunction(up)'",
          "'up offset'",
          "'up @ x'",
          "'{}'",
          "'{a=\"\"}'",
          "'sum by (a b) (up)'",
          "'up; drop'",
          "'label_replace(up, \"a\")'",
          "'histogram_quantile(up)'",
          "'up and 1'",
          "'up * on (a) group_left (a) up * on'",
          "'quantile(up)'",
          "')'",
          "'up}'");

  private final ApiServer server = EmptySource.serve(ApiServer.HttpOptions.LOCAL);
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Bad> all = new ArrayList<>();

  private record Bad(String path, String request) {}

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  final void bad(String path, String request) {
    all.add(new Bad(path, request));
  }

  final HttpResponse<String> send(String body) throws Exception {
    return send("", body);
  }

  final HttpResponse<String> send(String parameters, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.port() + "/api/v1/backtest" + parameters))
            .header("Content-Type", "application/yaml")
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  /// Sends all, and asserts on each response.
  final void assertRefused() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (Bad b : all) {
      HttpResponse<String> response = send(b.request());
      JsonNode body = JSON.readTree(response.body());
      String error = body.path("error").asString("");
      if (response.statusCode() != 400
          || !body.path("errorType").asString("").equals("bad_data")
          || !error.startsWith(b.path() + ": ")) {
        String shown = b.request().substring(0, Math.min(300, b.request().length()));
        wrong.add(b.path() + " in\n" + shown + "\n-> " + response.statusCode() + " " + error);
      }
    }
    assertEquals("", String.join("\n\n", wrong));
  }

  final void each(List<String> values, String path, String request) {
    values.forEach(v -> bad(path, request.replace("VALUE", v)));
  }

  final void text(String format, String text, String path) {
    bad(
        path,
        "windows: {format: "
            + format
            + ", text: "
            + JSON.writeValueAsString(text)
            + "}\n"
            + CONSTRAINTS);
  }
}
