package io.lamella.gateway.message;

import io.lamella.gateway.wire.prometheus.BucketSpan;
import io.lamella.gateway.wire.prometheus.Histogram.ResetHint;
import io.lamella.gateway.wire.prometheus.Sample;
import io.lamella.gateway.wire.prometheus.TimeSeries;
import io.lamella.model.Histogram;
import io.lamella.model.Span;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Samples as messages.
public final class WireSamples {
  private WireSamples() {}

  /// Adds a sample of a result: a histogram where there is one, else a float. Histograms of results
  /// have float counts, and Queriers expect no others.
  public static void addResult(
      TimeSeries.Builder to, long timeMillis, double value, @Nullable Histogram histogram) {
    if (histogram == null) {
      to.addSamples(Sample.newBuilder().setTimestamp(timeMillis).setValue(value));
    } else {
      to.addHistograms(withFloats(builder(timeMillis, histogram), histogram));
    }
  }

  /// Adds a sample as it is stored: integer histograms have bucket counts as differences.
  public static void addStored(
      TimeSeries.Builder to, long timeMillis, double value, @Nullable Histogram histogram) {
    if (histogram == null) {
      to.addSamples(Sample.newBuilder().setTimestamp(timeMillis).setValue(value));
    } else {
      io.lamella.gateway.wire.prometheus.Histogram.Builder out = builder(timeMillis, histogram);
      to.addHistograms(
          histogram.hasIntegerCounts() ? withIntegers(out, histogram) : withFloats(out, histogram));
    }
  }

  /// The number of buckets that a histogram has; 0 where there is none.
  public static int buckets(@Nullable Histogram h) {
    return h == null ? 0 : h.positive().length + h.negative().length + h.customValues().length;
  }

  private static io.lamella.gateway.wire.prometheus.Histogram withIntegers(
      io.lamella.gateway.wire.prometheus.Histogram.Builder out, Histogram h) {
    out.setCountInt((long) h.count()).setZeroCountInt((long) h.zeroCount());
    long before = 0;
    for (double count : h.positive()) {
      out.addPositiveDeltas((long) count - before);
      before = (long) count;
    }
    before = 0;
    for (double count : h.negative()) {
      out.addNegativeDeltas((long) count - before);
      before = (long) count;
    }
    return out.build();
  }

  private static io.lamella.gateway.wire.prometheus.Histogram.Builder builder(
      long timeMillis, Histogram h) {
    io.lamella.gateway.wire.prometheus.Histogram.Builder out =
        io.lamella.gateway.wire.prometheus.Histogram.newBuilder()
            .setTimestamp(timeMillis)
            .setSum(h.sum())
            .setSchema(h.schema())
            .setZeroThreshold(h.zeroThreshold())
            .setResetHint(hint(h))
            .addAllPositiveSpans(spans(h.positiveSpans()))
            .addAllNegativeSpans(spans(h.negativeSpans()));
    for (double bound : h.customValues()) {
      out.addCustomValues(bound);
    }
    return out;
  }

  private static io.lamella.gateway.wire.prometheus.Histogram withFloats(
      io.lamella.gateway.wire.prometheus.Histogram.Builder out, Histogram h) {
    out.setCountFloat(h.count()).setZeroCountFloat(h.zeroCount());
    for (double count : h.positive()) {
      out.addPositiveCounts(count);
    }
    for (double count : h.negative()) {
      out.addNegativeCounts(count);
    }
    return out.build();
  }

  private static List<BucketSpan> spans(List<Span> spans) {
    return spans.stream()
        .map(s -> BucketSpan.newBuilder().setOffset(s.offset()).setLength(s.length()).build())
        .toList();
  }

  private static ResetHint hint(Histogram h) {
    return switch (h.counterReset()) {
      case UNKNOWN -> ResetHint.UNKNOWN;
      case RESET -> ResetHint.YES;
      case NOT_RESET -> ResetHint.NO;
      case GAUGE -> ResetHint.GAUGE;
    };
  }
}
