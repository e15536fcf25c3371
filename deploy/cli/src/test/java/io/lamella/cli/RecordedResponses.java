package io.lamella.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Sends recorded requests to a server and compares each response with the one that Prometheus
/// gave: numbers to 1e-9 (−0 is not 0), warnings and infos as sets, errors by their text,
/// everything else exactly. Where the query sorts, series must be in the same order; only ties may
/// be in any order.
public final class RecordedResponses {
  private static final String DUPLICATE = "found duplicate series for the match group ";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_ANNOTATIONS = 10;
  private static final String OMITTED = " annotations omitted";
  private static final Pattern SORTS_BY_VALUE =
      Pattern.compile("^(sort|sort_desc|topk|bottomk)\\s*\\(.*", Pattern.DOTALL);
  private static final Pattern SORTS_BY_LABEL =
      Pattern.compile("^sort_by_label(_desc)?\\s*\\(.*", Pattern.DOTALL);

  private final String url;
  private final HttpClient client;

  RecordedResponses(String url, HttpClient client) {
    this.url = url;
    this.client = client;
  }

  public static List<JsonNode> read(Path file) throws IOException {
    List<JsonNode> out = new ArrayList<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        out.add(JSON.readTree(line));
      }
    }
    return out;
  }

  /// The difference to the recorded response; empty where they are equal.
  Optional<String> difference(JsonNode recorded) throws IOException, InterruptedException {
    String query = recorded.get("query").asString();
    boolean instant = recorded.get("step").asLong() == 0;
    String form = "query=" + encode(query);
    if (instant) {
      form += "&time=" + seconds(recorded.get("start"));
    } else {
      form +=
          "&start="
              + seconds(recorded.get("start"))
              + "&end="
              + seconds(recorded.get("end"))
              + "&step="
              + seconds(recorded.get("step"));
    }
    if (recorded.has("lookback")) {
      form += "&lookback_delta=" + recorded.get("lookback").asLong() + "ms";
    }
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/api/v1/" + (instant ? "query" : "query_range")))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build();
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    return compare(recorded, JSON.readTree(response.body()))
        .map(d ->
            d
                + "\n  query "
                + query
                + "\n  expected "
                + shown(recorded)
                + "\n  actual   "
                + shown(response.body()));
  }

  private static String shown(Object o) {
    String s = o.toString();
    return s.length() > 600 ? s.substring(0, 600) + "…" : s;
  }

  private static String encode(String s) {
    return URLEncoder.encode(s, StandardCharsets.UTF_8);
  }

  private static String seconds(JsonNode millis) {
    return java.math.BigDecimal.valueOf(millis.asLong(), 3).toPlainString();
  }

  public static Optional<String> compare(JsonNode expected, JsonNode actual) {
    if (!expected.get("status").asString().equals(actual.get("status").asString())) {
      return Optional.of("status");
    }
    if (expected.get("status").asString().equals("error")) {
      String text = expected.get("error").asString();
      String error = actual.get("error").asString();
      boolean same =
          error.equals(text)
              || error.equals("invalid parameter \"query\": " + text)
              // Which two of more than two series are named depends on their order in Prometheus.
              || text.startsWith(DUPLICATE) && error.startsWith(DUPLICATE);
      return same ? Optional.empty() : Optional.of("error text");
    }
    JsonNode data = actual.get("data");
    if (!expected.get("resultType").asString().equals(data.get("resultType").asString())) {
      return Optional.of("result type");
    }
    for (String kind : List.of("warnings", "infos")) {
      if (!isSame(strings(expected.get(kind)), strings(actual.get(kind)))) {
        return Optional.of(kind);
      }
    }
    String type = expected.get("resultType").asString();
    if (type.equals("scalar") || type.equals("string")) {
      return point(expected.get("result"), data.get("result"))
          ? Optional.empty()
          : Optional.of("value");
    }
    List<JsonNode> a = elements(expected.get("result"));
    List<JsonNode> b = elements(data.get("result"));
    if (a.size() != b.size()) {
      return Optional.of("series");
    }
    String query = expected.get("query").asString().strip();
    if (type.equals("matrix") || sorts(SORTS_BY_LABEL, query)) {
      return equal(a, b) ? Optional.empty() : Optional.of("value or order");
    }
    if (sorts(SORTS_BY_VALUE, query) && !samePoints(a, b)) {
      return Optional.of("order");
    }
    // An instant vector has no order otherwise, nor have the ties of a sort.
    Comparator<JsonNode> byLabels =
        Comparator.comparing(e -> JSON.writeValueAsString(sorted(e.get("metric"))));
    a.sort(byLabels);
    b.sort(byLabels);
    return equal(a, b) ? Optional.empty() : Optional.of("value");
  }

  /// Whether a query is nothing but one call that sorts, without grouping.
  static boolean sorts(Pattern call, String query) {
    if (!call.matcher(query).matches()) {
      return false;
    }
    int depth = 0;
    char quote = 0;
    for (int i = query.indexOf('('); i < query.length(); i++) {
      char c = query.charAt(i);
      if (quote != 0) {
        i += c == '\\' && quote != '`' ? 1 : 0;
        quote = c == quote ? 0 : quote;
      } else if (c == '"' || c == '\'' || c == '`') {
        quote = c;
      } else if (c == '(') {
        depth++;
      } else if (c == ')' && --depth == 0) {
        return i == query.length() - 1;
      }
    }
    return false;
  }

  /// Whether the values are equal, position by position, whatever their series.
  private static boolean samePoints(List<JsonNode> a, List<JsonNode> b) {
    for (int i = 0; i < a.size(); i++) {
      for (String one : List.of("value", "histogram")) {
        if (a.get(i).has(one) != b.get(i).has(one)
            || a.get(i).has(one) && !point(a.get(i).get(one), b.get(i).get(one))) {
          return false;
        }
      }
    }
    return true;
  }

  private static Object sorted(JsonNode metric) {
    java.util.TreeMap<String, String> out = new java.util.TreeMap<>();
    metric.properties().forEach(e -> out.put(e.getKey(), e.getValue().asString()));
    return out;
  }

  private static List<JsonNode> elements(JsonNode array) {
    List<JsonNode> out = new ArrayList<>();
    array.forEach(out::add);
    return out;
  }

  /// True where the API shows these annotations: of many any ten, and how many others there are.
  private static boolean isSame(List<String> expected, List<String> actual) {
    if (expected.size() <= MAX_ANNOTATIONS || expected.getFirst().endsWith(OMITTED)) {
      return expected.equals(actual);
    }
    List<String> others = new ArrayList<>(actual);
    others.removeAll(expected);
    return actual.size() == MAX_ANNOTATIONS + 1
        && others.size() == 1
        && others.getFirst().startsWith(expected.size() - MAX_ANNOTATIONS + " more ")
        && others.getFirst().endsWith(OMITTED);
  }

  private static List<String> strings(@org.jspecify.annotations.Nullable JsonNode array) {
    List<String> out = new ArrayList<>();
    if (array != null) {
      array.forEach(s -> out.add(s.asString()));
    }
    out.sort(null);
    return out;
  }

  private static boolean equal(List<JsonNode> a, List<JsonNode> b) {
    for (int i = 0; i < a.size(); i++) {
      if (!element(a.get(i), b.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean element(JsonNode a, JsonNode b) {
    if (!a.get("metric").equals(b.get("metric"))) {
      return false;
    }
    for (String one : List.of("value", "histogram")) {
      if (a.has(one) != b.has(one) || a.has(one) && !point(a.get(one), b.get(one))) {
        return false;
      }
    }
    for (String many : List.of("values", "histograms")) {
      if (a.has(many) != b.has(many)) {
        return false;
      }
      if (a.has(many)) {
        if (a.get(many).size() != b.get(many).size()) {
          return false;
        }
        for (int i = 0; i < a.get(many).size(); i++) {
          if (!point(a.get(many).get(i), b.get(many).get(i))) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private static boolean point(JsonNode a, JsonNode b) {
    if (a.get(0).asDouble() != b.get(0).asDouble()) {
      return false;
    }
    JsonNode x = a.get(1);
    JsonNode y = b.get(1);
    if (x.isString() && y.isString()) {
      return x.equals(y) || number(x.asString(), y.asString());
    }
    return x.isObject() && y.isObject() && histogram(x, y);
  }

  private static boolean histogram(JsonNode a, JsonNode b) {
    int n = a.has("buckets") ? a.get("buckets").size() : 0;
    if (!number(a.get("count").asString(), b.get("count").asString())
        || !number(a.get("sum").asString(), b.get("sum").asString())
        || n != (b.has("buckets") ? b.get("buckets").size() : 0)) {
      return false;
    }
    for (int i = 0; i < n; i++) {
      JsonNode x = a.get("buckets").get(i);
      JsonNode y = b.get("buckets").get(i);
      if (x.get(0).asInt() != y.get(0).asInt()) {
        return false;
      }
      for (int k = 1; k < 4; k++) {
        if (!number(x.get(k).asString(), y.get(k).asString())) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean number(String a, String b) {
    try {
      double x = parse(a);
      double y = parse(b);
      if (x == 0 && y == 0) {
        return Double.compare(x, y) == 0;
      }
      return x == y
          || x != x && y != y
          || Math.abs(x - y) <= Math.max(1e-12, 1e-9 * Math.max(Math.abs(x), Math.abs(y)));
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static double parse(String s) {
    return switch (s) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(s);
    };
  }
}
