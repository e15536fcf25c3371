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

/// Warnings and infos of a query, each text once, with one position in the query.
public sealed class Annotations permits RecordedAnnotations {
  /// How classic buckets were made monotonic: the range of buckets, the largest difference, the
  /// number of samples, the range of times.
  public record Monotonicity(
      double fromBucket,
      double toBucket,
      double maxDifference,
      long samples,
      long first,
      long last) {

    /// Both combined. The count may overflow, as that of Prometheus does.
    public Monotonicity plus(Monotonicity o) {
      return new Monotonicity(
          Math.min(fromBucket, o.fromBucket),
          Math.max(toBucket, o.toBucket),
          Math.max(maxDifference, o.maxDifference),
          samples + o.samples,
          Math.min(first, o.first),
          Math.max(last, o.last));
    }
  }

  /// The position that is shown, and the range of the expression whose evaluation adds the
  /// annotation.
  private record Occurrence(TextRange place, TextRange of) {
    /// The entry that Prometheus adds last, which is the one that it shows: the expression that
    /// ends last, because operands are evaluated in order and before their operator.
    Occurrence later(Occurrence other) {
      boolean before =
          other.of.end() == of.end() ? other.of.start() > of.start() : other.of.end() < of.end();
      return before ? this : other;
    }

    /// The entry that Prometheus adds first: counted annotations keep their first position.
    Occurrence earlier(Occurrence other) {
      return later(other) == this ? other : this;
    }
  }

  /// A text may name a metric, so there may be as many as series.
  static final int BYTES_PER_TEXT = 200;

  private final QueryMemory memory;
  private final Map<String, Occurrence> warnings = new LinkedHashMap<>();
  private final Map<String, Occurrence> infos = new LinkedHashMap<>();
  private final Map<String, Integer> overlaps = new LinkedHashMap<>();
  private final Map<String, Monotonicity> monotonicity = new LinkedHashMap<>();
  private final Map<String, Occurrence> monotonicityPlaces = new LinkedHashMap<>();

  public Annotations(QueryMemory memory) {
    this.memory = memory;
  }

  public void warn(TextRange place, String text) {
    warn(place, place, text);
  }

  /// A warning with the position of one operand that is added when all operands, up to the end of
  /// `of`, are evaluated.
  public void warn(TextRange place, TextRange of, String text) {
    note(warnings, "PromQL warning: " + text, new Occurrence(place, of));
  }

  public void info(TextRange place, String text) {
    note(infos, "PromQL info: " + text, new Occurrence(place, place));
  }

  private void note(Map<String, Occurrence> into, String text, Occurrence occurrence) {
    count(into, text);
    into.merge(text, occurrence, Occurrence::later);
  }

  private void count(Map<String, Occurrence> into, String text) {
    if (!into.containsKey(text)) {
      memory.hold(BYTES_PER_TEXT + 2L * text.length());
    }
  }

  /// Warns of a start timestamp before the previous sample.
  public final void overlap(TextRange place, String metric) {
    overlaps(place, metric, 1);
  }

  /// Warns of start timestamps before the previous sample; occurrences are counted.
  void overlaps(TextRange place, String metric, int count) {
    String text =
        "PromQL warning: sample has start time that overlaps with previous sample timestamp for"
            + " metric "
            + io.lamella.model.GoQuote.quote(metric);
    count(warnings, text);
    warnings.merge(text, new Occurrence(place, place), Occurrence::earlier);
    overlaps.merge(text, count, Integer::sum);
  }

  /// Adds an info about classic buckets that were made monotonic; all with the same text become
  /// one.
  public void monotonicity(TextRange place, String metric, Monotonicity corrections) {
    String prefix =
        "PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see"
            + " https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)"
            + (metric.isEmpty()
                ? ""
                : " for metric name " + io.lamella.model.GoQuote.quote(metric));
    count(monotonicityPlaces, prefix);
    monotonicityPlaces.merge(prefix, new Occurrence(place, place), Occurrence::earlier);
    monotonicity.merge(prefix, corrections, Monotonicity::plus);
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
                + Instant.ofEpochSecond(m.first / 1000)
                + " to "
                + Instant.ofEpochSecond(m.last / 1000)
                + " ("
                + place.apply(Objects.requireNonNull(monotonicityPlaces.get(prefix)).place.start())
                + ")"));
    return out;
  }
}
