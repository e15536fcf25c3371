package io.lamella.promql.exec;

import io.lamella.promql.ast.Numbers;
import io.lamella.promql.ast.TextRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/// Warnings and infos of a query, each text once, with one place that it is about.
public final class Annotations {
  private record Monotonicity(
      String prefix,
      double fromBucket,
      double toBucket,
      double maxDifference,
      int samples,
      long first,
      long last) {}

  private final Map<String, Integer> warnings = new LinkedHashMap<>();
  private final Map<String, Integer> infos = new LinkedHashMap<>();
  private final Map<String, Integer> overlaps = new LinkedHashMap<>();
  private final Map<String, Monotonicity> monotonicity = new LinkedHashMap<>();
  private final Map<String, Integer> monotonicityPlaces = new LinkedHashMap<>();

  public void warn(TextRange place, String text) {
    warnings.putIfAbsent("PromQL warning: " + text, place.start());
  }

  public void info(TextRange place, String text) {
    infos.putIfAbsent("PromQL info: " + text, place.start());
  }

  /// A start timestamp before the previous sample; occurrences are counted.
  public void overlap(TextRange place, String metric) {
    String text =
        "PromQL warning: sample has start time that overlaps with previous sample timestamp for"
            + " metric "
            + io.lamella.model.GoQuote.quote(metric);
    warnings.putIfAbsent(text, place.start());
    overlaps.merge(text, 1, Integer::sum);
  }

  /// Classic buckets whose counts had to be lifted; all occurrences become one info.
  public void monotonicity(
      TextRange place,
      String metric,
      double fromBucket,
      double toBucket,
      double maxDifference,
      long timeMillis) {
    String prefix =
        "PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see"
            + " https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)"
            + (metric.isEmpty()
                ? ""
                : " for metric name " + io.lamella.model.GoQuote.quote(metric));
    monotonicityPlaces.putIfAbsent(prefix, place.start());
    monotonicity.merge(
        prefix,
        new Monotonicity(prefix, fromBucket, toBucket, maxDifference, 1, timeMillis, timeMillis),
        (a, b) ->
            new Monotonicity(
                prefix,
                Math.min(a.fromBucket, b.fromBucket),
                Math.max(a.toBucket, b.toBucket),
                Math.max(a.maxDifference, b.maxDifference),
                a.samples + b.samples,
                Math.min(a.first, b.first),
                Math.max(a.last, b.last)));
  }

  public List<String> warnings(IntFunction<String> place) {
    List<String> out = new ArrayList<>();
    warnings.forEach((text, at) -> {
      int n = overlaps.getOrDefault(text, 1);
      out.add(text + (n > 1 ? " (" + n + " occurrences)" : "") + " (" + place.apply(at) + ")");
    });
    return out;
  }

  public List<String> infos(IntFunction<String> place) {
    List<String> out = new ArrayList<>();
    infos.forEach((text, at) -> out.add(text + " (" + place.apply(at) + ")"));
    monotonicity.forEach((prefix, m) ->
        out.add(
            prefix
                + ", from buckets "
                + Numbers.general(m.fromBucket)
                + " to "
                + Numbers.general(m.toBucket)
                + ", with a max diff of "
                + String.format(java.util.Locale.ROOT, "%.2g", m.maxDifference)
                + ", over "
                + m.samples
                + " samples from "
                + Instant.ofEpochMilli(m.first)
                + " to "
                + Instant.ofEpochMilli(m.last)
                + " ("
                + place.apply(monotonicityPlaces.getOrDefault(prefix, 0))
                + ")"));
    return out;
  }
}
