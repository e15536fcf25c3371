package io.lamella.client;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The result of a query. A scalar is one series without labels.
///
/// @param type `vector`, `matrix` or `scalar`
/// @param warnings and infos, such as of missing blocks
public record QueryResult(String type, List<Series> series, List<String> warnings) {
  /// Samples in order of time.
  public record Series(Map<String, String> labels, List<Sample> samples) {}

  /// A value at a time.
  ///
  /// @param value NaN where the sample is a native histogram
  /// @param histogram the histogram as in Prometheus' API; empty where the sample is a float
  public record Sample(Instant time, double value, Map<?, ?> histogram) {}

  static QueryResult of(Map<?, ?> response) throws IOException {
    Map<?, ?> data = Json.members(response, "data");
    String type = Json.text(data, "resultType");
    List<Series> series = new ArrayList<>();
    if (type.equals("scalar")) {
      series.add(new Series(Map.of(), List.of(sample(data.get("result")))));
    } else if (!type.equals("string")) {
      for (Object s : Json.list(data, "result")) {
        if (s instanceof Map<?, ?> m) {
          series.add(series(m));
        }
      }
    }
    List<String> warnings = new ArrayList<>(Json.texts(Json.list(response, "warnings")));
    warnings.addAll(Json.texts(Json.list(response, "infos")));
    return new QueryResult(type, List.copyOf(series), List.copyOf(warnings));
  }

  private static Series series(Map<?, ?> s) throws IOException {
    List<Sample> samples = new ArrayList<>();
    for (String one : List.of("value", "histogram")) {
      if (s.containsKey(one)) {
        samples.add(sample(s.get(one)));
      }
    }
    for (String several : List.of("values", "histograms")) {
      for (Object p : Json.list(s, several)) {
        samples.add(sample(p));
      }
    }
    samples.sort((a, b) -> a.time().compareTo(b.time()));
    return new Series(Json.texts(Json.members(s, "metric")), List.copyOf(samples));
  }

  private static Sample sample(@org.jspecify.annotations.Nullable Object point) throws IOException {
    if (point instanceof List<?> p && p.size() == 2 && p.get(0) instanceof Double seconds) {
      Instant time = Instant.ofEpochMilli(Math.round(seconds * 1000));
      return p.get(1) instanceof Map<?, ?> histogram
          ? new Sample(time, Double.NaN, histogram)
          : new Sample(time, Json.value(String.valueOf(p.get(1))), Map.of());
    }
    throw new IOException("cannot read the response: no sample: " + point);
  }
}
