package io.lamella.bench.query;

import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// One request to the Prometheus HTTP API.
///
/// @param address path and query string, relative to the server's URL
public record BenchQuery(String address) {
  public static BenchQuery instant(String expression, long timeMillis) {
    return new BenchQuery(
        "/api/v1/query?query=" + encode(expression) + "&time=" + seconds(timeMillis));
  }

  public static BenchQuery range(
      String expression, long startMillis, long endMillis, long stepMillis) {
    return new BenchQuery(
        "/api/v1/query_range?query="
            + encode(expression)
            + times(startMillis, endMillis)
            + "&step="
            + seconds(stepMillis));
  }

  public static BenchQuery labelValues(String label, long startMillis, long endMillis) {
    return new BenchQuery(
        "/api/v1/label/" + label + "/values?" + times(startMillis, endMillis).substring(1));
  }

  public static BenchQuery labelValues(
      String label, String match, long startMillis, long endMillis) {
    return new BenchQuery(
        labelValues(label, startMillis, endMillis).address + "&match%5B%5D=" + encode(match));
  }

  public static BenchQuery labelNames(long startMillis, long endMillis) {
    return new BenchQuery("/api/v1/labels?" + times(startMillis, endMillis).substring(1));
  }

  public static BenchQuery series(String match, long startMillis, long endMillis) {
    return new BenchQuery(
        "/api/v1/series?match%5B%5D=" + encode(match) + times(startMillis, endMillis));
  }

  /// Whether the order of the result's series is part of the result: an instant query that sorts.
  public boolean isSorted() {
    return address.matches("/api/v1/query\\?query=(sort|sort_desc|topk|bottomk)%28.*");
  }

  private static String times(long startMillis, long endMillis) {
    return "&start=" + seconds(startMillis) + "&end=" + seconds(endMillis);
  }

  private static String seconds(long millis) {
    return BigDecimal.valueOf(millis, 3).toPlainString();
  }

  private static String encode(String s) {
    return URLEncoder.encode(s, StandardCharsets.UTF_8);
  }
}
