package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The endpoints that need only the text of a query.
class QueryTextTest {
  private final ApiServer server = EmptySource.serve(ApiServer.HttpOptions.LOCAL);
  private final HttpClient client = HttpClient.newHttpClient();

  private record Response(int status, String body) {}

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + server.port() + "/api/v1/" + path));
  }

  private Response send(HttpRequest.Builder request) throws IOException, InterruptedException {
    var response = client.send(request.build(), BodyHandlers.ofString());
    return new Response(response.statusCode(), response.body());
  }

  private Response get(String endpoint, String query) throws IOException, InterruptedException {
    return send(
        request(endpoint + "?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8)).GET());
  }

  private Response post(String endpoint, String query) throws IOException, InterruptedException {
    return send(
        request(endpoint)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "query=" + URLEncoder.encode(query, StandardCharsets.UTF_8))));
  }

  @Test
  void formatQueryReturnsTheCanonicalText() throws Exception {
    String wide = "x".repeat(98);
    assertEquals(
        new Response(200, "{\"status\":\"success\",\"data\":\"sum by (a) (foo{b=\\\"<ü>\\\"})\"}"),
        get("format_query", "SUM(foo{b='<ü>'}) BY (a)"));
    assertEquals(
        new Response(200, "{\"status\":\"success\",\"data\":\"abs(\\n  " + wide + "\\n)\"}"),
        post("format_query", "abs(" + wide + ")"));
  }

  @Test
  void parseQueryReturnsTheSyntaxTree() throws Exception {
    Response expected =
        new Response(
            200,
            "{\"status\":\"success\",\"data\":{\"type\":\"parenExpr\",\"expr\":"
                + "{\"type\":\"numberLiteral\",\"val\":\"1000\"}}}");
    assertEquals(expected, get("parse_query", "(1e3)"));
    assertEquals(expected, post("parse_query", "(1e3)"));
  }

  @Test
  void errorsNameTheParameter() throws Exception {
    for (String endpoint : List.of("format_query", "parse_query")) {
      assertEquals(
          new Response(
              400,
              "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"invalid parameter"
                  + " \\\"query\\\": 1:5: parse error: unclosed left parenthesis\"}"),
          get(endpoint, "sum("));
      assertEquals(
          new Response(
              400,
              "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"invalid parameter"
                  + " \\\"query\\\": unknown position: parse error: no expression found in input\"}"),
          send(request(endpoint).GET()));
    }
  }

  @Test
  void aTooLongFormattedQueryIsAnErrorOfTheParameter() throws Exception {
    assertEquals(
        new Response(
            400,
            "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"invalid parameter"
                + " \\\"query\\\": the text of the expression would pass 16777216 characters\"}"),
        post("parse_query", "label_join(foo, 'a', 'b'" + ", ''".repeat(600_000) + ")"));
  }
}
