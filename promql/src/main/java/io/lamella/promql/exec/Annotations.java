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
  /// What had to be done to make classic buckets monotonic: over which buckets, by how much at
  /// most, how often, when.
  public record Monotonicity(
      double fromBucket,
      double toBucket,
      double maxDifference,
      int samples,
      long first,
      long last) {

    /// Both together, with a count of its own.
    Monotonicity with(Monotonicity o, int count) {
      return new Monotonicity(
          Math.min(fromBucket, o.fromBucket),
          Math.max(toBucket, o.toBucket),
          Math.max(maxDifference, o.maxDifference),
          count,
          Math.min(first, o.first),
          Math.max(last, o.last));
    }

    public Monotonicity plus(Monotonicity o) {
      return with(o, samples + o.samples);
    }
  }

  private final Map<String, TextRange> warnings = new LinkedHashMap<>();
  private final Map<String, TextRange> infos = new LinkedHashMap<>();
  private final Map<String, Integer> overlaps = new LinkedHashMap<>();
  private final Map<String, Monotonicity> monotonicity = new LinkedHashMap<>();
  private final Map<String, TextRange> monotonicityPlaces = new LinkedHashMap<>();

  /// Of two places of one text that is shown which Prometheus evaluates last: the one that ends
  /// last, since operands come in order and before what they are operands of.
  private static TextRange later(TextRange a, TextRange b) {
    return b.end() >= a.end() ? b : a;
  }

  public void warn(TextRange place, String text) {
    warnings.merge("PromQL warning: " + text, place, Annotations::later);
  }

  public void info(TextRange place, String text) {
    infos.merge("PromQL info: " + text, place, Annotations::later);
  }

  /// A start timestamp before the previous sample; occurrences are counted.
  public void overlap(TextRange place, String metric) {
    String text =
        "PromQL warning: sample has start time that overlaps with previous sample timestamp for"
            + " metric "
            + io.lamella.model.GoQuote.quote(metric);
    warnings.merge(text, place, Annotations::later);
    overlaps.merge(text, 1, Integer::sum);
  }

  /// Classic buckets whose counts had to be lifted at one step; all steps become one info. Its
  /// count is that of Prometheus, which doubles what it has at each further step.
  public void monotonicity(TextRange place, String metric, Monotonicity step) {
    String prefix =
        "PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see"
            + " https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)"
            + (metric.isEmpty()
                ? ""
                : " for metric name " + io.lamella.model.GoQuote.quote(metric));
    monotonicityPlaces.merge(prefix, place, Annotations::later);
    monotonicity.merge(
        prefix, step, (before, more) -> before.with(more, 2 * (before.samples + more.samples)));
  }

  public List<String> warnings(IntFunction<String> place) {
    List<String> out = new ArrayList<>();
    warnings.forEach((text, at) -> {
      int n = overlaps.getOrDefault(text, 1);
      out.add(
          text + (n > 1 ? " (" + n + " occurrences)" : "") + " (" + place.apply(at.start()) + ")");
    });
    return out;
  }

  public List<String> infos(IntFunction<String> place) {
    List<String> out = new ArrayList<>();
    infos.forEach((text, at) -> out.add(text + " (" + place.apply(at.start()) + ")"));
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
                + place.apply(monotonicityPlaces.getOrDefault(prefix, TextRange.NONE).start())
                + ")"));
    return out;
  }
}
