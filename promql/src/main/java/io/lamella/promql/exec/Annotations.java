package io.lamella.promql.exec;

import io.lamella.promql.ast.Numbers;
import io.lamella.promql.ast.TextRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

  /// A place that is shown, and the place that tells how late it is evaluated.
  private record Noted(TextRange place, TextRange of) {
    /// Of two places of one text that is shown which Prometheus evaluates last: the one that ends
    /// last, since operands come in order and before what they are operands of.
    Noted later(Noted other) {
      boolean before =
          other.of.end() == of.end() ? other.of.start() > of.start() : other.of.end() < of.end();
      return before ? this : other;
    }

    /// The other one: those that are counted keep their first place.
    Noted earlier(Noted other) {
      return later(other) == this ? other : this;
    }
  }

  private final Map<String, Noted> warnings = new LinkedHashMap<>();
  private final Map<String, Noted> infos = new LinkedHashMap<>();
  private final Map<String, Integer> overlaps = new LinkedHashMap<>();
  private final Map<String, Monotonicity> monotonicity = new LinkedHashMap<>();
  private final Map<String, Noted> monotonicityPlaces = new LinkedHashMap<>();

  public void warn(TextRange place, String text) {
    warn(place, place, text);
  }

  /// A warning that points at one operand but comes up when all of them, up to the end of `of`, are
  /// evaluated.
  public void warn(TextRange place, TextRange of, String text) {
    note(warnings, "PromQL warning: " + text, new Noted(place, of));
  }

  public void info(TextRange place, String text) {
    note(infos, "PromQL info: " + text, new Noted(place, place));
  }

  private static void note(Map<String, Noted> into, String text, Noted noted) {
    into.merge(text, noted, Noted::later);
  }

  /// A start timestamp before the previous sample; occurrences are counted.
  public void overlap(TextRange place, String metric) {
    String text =
        "PromQL warning: sample has start time that overlaps with previous sample timestamp for"
            + " metric "
            + io.lamella.model.GoQuote.quote(metric);
    warnings.merge(text, new Noted(place, place), Noted::earlier);
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
    monotonicityPlaces.merge(prefix, new Noted(place, place), Noted::earlier);
    monotonicity.merge(
        prefix, step, (before, more) -> before.with(more, 2 * (before.samples + more.samples)));
  }

  public List<String> warnings(IntFunction<String> place) {
    List<String> out = new ArrayList<>();
    warnings.forEach((text, at) -> {
      int n = overlaps.getOrDefault(text, 1);
      out.add(
          text
              + (n > 1 ? " (" + n + " occurrences)" : "")
              + " ("
              + place.apply(at.place.start())
              + ")");
    });
    return out;
  }

  public List<String> infos(IntFunction<String> place) {
    List<String> out = new ArrayList<>();
    infos.forEach((text, at) -> out.add(text + " (" + place.apply(at.place.start()) + ")"));
    monotonicity.forEach((prefix, m) ->
        out.add(
            prefix
                + ", from buckets "
                + Numbers.general(m.fromBucket)
                + " to "
                + Numbers.general(m.toBucket)
                + ", with a max diff of "
                + Numbers.general(m.maxDifference, 2)
                + ", over "
                + m.samples
                + " samples from "
                + Instant.ofEpochMilli(m.first)
                + " to "
                + Instant.ofEpochMilli(m.last)
                + " ("
                + place.apply(Objects.requireNonNull(monotonicityPlaces.get(prefix)).place.start())
                + ")"));
    return out;
  }
}
