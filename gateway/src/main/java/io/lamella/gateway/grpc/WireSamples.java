package io.lamella.gateway.grpc;

import io.lamella.gateway.wire.prometheus.BucketSpan;
import io.lamella.gateway.wire.prometheus.Histogram.ResetHint;
import io.lamella.gateway.wire.prometheus.Sample;
import io.lamella.gateway.wire.prometheus.TimeSeries;
import io.lamella.model.Histogram;
import io.lamella.model.Span;
import java.util.List;

/// Samples as messages.
public final class WireSamples {
  private WireSamples() {}

  /// Adds a sample: a histogram where there is one, else a float.
  public static void add(
      TimeSeries.Builder to,
      long timeMillis,
      double value,
      @org.jspecify.annotations.Nullable Histogram histogram) {
    if (histogram == null) {
      to.addSamples(Sample.newBuilder().setTimestamp(timeMillis).setValue(value));
    } else {
      to.addHistograms(histogram(timeMillis, histogram));
    }
  }

  /// Integer histograms have bucket counts as differences, float histograms have them as they are.
  static io.lamella.gateway.wire.prometheus.Histogram histogram(long timeMillis, Histogram h) {
    io.lamella.gateway.wire.prometheus.Histogram.Builder out =
        io.lamella.gateway.wire.prometheus.Histogram.newBuilder()
            .setTimestamp(timeMillis)
            .setSum(h.sum())
            .setSchema(h.schema())
            .setZeroThreshold(h.zeroThreshold())
            .setResetHint(hint(h));
    spans(h.positiveSpans()).forEach(out::addPositiveSpans);
    spans(h.negativeSpans()).forEach(out::addNegativeSpans);
    for (double bound : h.customValues()) {
      out.addCustomValues(bound);
    }
    if (h.hasIntegerCounts()) {
      out.setCountInt((long) h.count()).setZeroCountInt((long) h.zeroCount());
      deltas(h.positive()).forEach(out::addPositiveDeltas);
      deltas(h.negative()).forEach(out::addNegativeDeltas);
    } else {
      out.setCountFloat(h.count()).setZeroCountFloat(h.zeroCount());
      for (double count : h.positive()) {
        out.addPositiveCounts(count);
      }
      for (double count : h.negative()) {
        out.addNegativeCounts(count);
      }
    }
    return out.build();
  }

  private static List<Long> deltas(double[] counts) {
    Long[] out = new Long[counts.length];
    long before = 0;
    for (int i = 0; i < counts.length; i++) {
      out[i] = (long) counts[i] - before;
      before = (long) counts[i];
    }
    return List.of(out);
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
