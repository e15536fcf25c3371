package io.lamella.cli.thanos;

import io.lamella.cli.RecordedResponses;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Results of recorded requests as a Querier gives them: without the external label, series in
/// label order, errors without their text. A Querier has annotations of its own, which are left
/// out.
final class QuerierResults {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String url;
  private final HttpClient client;
  private final String external;

  QuerierResults(String url, HttpClient client, String external) {
    this.url = url;
    this.client = client;
    this.external = external;
  }

  /// The result of Prometheus.
  static JsonNode recorded(JsonNode request) {
    return comparable(request, "");
  }

  JsonNode ask(JsonNode request) throws Exception {
    boolean instant = request.get("step").asLong() == 0;
    StringBuilder form = new StringBuilder("query=");
    form.append(URLEncoder.encode(request.get("query").asString(), StandardCharsets.UTF_8));
    if (instant) {
      form.append("&time=").append(seconds(request.get("start")));
    } else {
      for (String name : List.of("start", "end", "step")) {
        form.append('&').append(name).append('=').append(seconds(request.get(name)));
      }
    }
    if (request.has("lookback")) {
      form.append("&lookback_delta=").append(request.get("lookback").asLong()).append("ms");
    }
    HttpRequest http =
        HttpRequest.newBuilder(URI.create(url + "/api/v1/" + (instant ? "query" : "query_range")))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form.toString()))
            .build();
    JsonNode body = JSON.readTree(client.send(http, HttpResponse.BodyHandlers.ofString()).body());
    ObjectNode flat = JSON.createObjectNode();
    flat.set("status", body.get("status"));
    body.path("data").properties().forEach(e -> flat.set(e.getKey(), e.getValue()));
    return comparable(flat, external);
  }

  private static String seconds(JsonNode millis) {
    return BigDecimal.valueOf(millis.asLong(), 3).toPlainString();
  }

  private static JsonNode comparable(JsonNode response, String external) {
    ObjectNode out = JSON.createObjectNode().put("query", "");
    out.set("status", response.get("status"));
    if (response.get("status").asString().equals("error")) {
      return out.put("error", "");
    }
    out.set("resultType", response.get("resultType"));
    JsonNode result = response.get("result");
    if (result.isArray() && (result.isEmpty() || result.get(0).isObject())) {
      List<JsonNode> series = new ArrayList<>();
      for (JsonNode s : result) {
        ObjectNode one = (ObjectNode) s.deepCopy();
        one.withObject("/metric").remove(external);
        series.add(one);
      }
      series.sort(Comparator.comparing(s -> s.get("metric").toString()));
      ArrayNode sorted = out.putArray("result");
      series.forEach(sorted::add);
    } else {
      out.set("result", result);
    }
    return out;
  }

  static boolean areEqual(JsonNode a, JsonNode b) {
    if (!a.get("status").equals(b.get("status")) || a.has("error")) {
      return a.get("status").equals(b.get("status"));
    }
    ObjectNode body = JSON.createObjectNode();
    body.set("status", b.get("status"));
    body.set("data", b);
    return RecordedResponses.compare(a, body).isEmpty();
  }
}
