package io.lamella.promql.exec.aggregate;

import io.lamella.model.GoQuote;
import io.lamella.model.Histogram;
import io.lamella.model.HistogramSum;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.Annotations;
import org.jspecify.annotations.Nullable;

/// The histogram part of `sum` and `avg`: a running sum for each step, allocated with the first
/// histogram, and the steps without a result because of a mix of types or of bucket layouts.
final class HistogramFold {
  /// Where annotations are added, and with which position.
  record Messages(Annotations annotations, TextRange place) {
    void mixed() {
      annotations.warn(place, "encountered a mix of histograms and floats for aggregation");
    }

    void mixedSchemas(String metric) {
      annotations.warn(
          place,
          "vector contains a mix of histograms with exponential and custom buckets schemas for"
              + " metric name "
              + GoQuote.quote(metric));
    }

    void of(HistogramSum sum) {
      if (sum.resetsCollide()) {
        annotations.warn(place, "conflicting counter resets during histogram aggregation");
      }
      if (sum.reconciled()) {
        annotations.info(place, "mismatched custom buckets were reconciled during aggregation");
      }
    }
  }

  private final int steps;
  private final Messages messages;
  private @Nullable HistogramSum @Nullable [] sums;
  private boolean @Nullable [] invalid;

  HistogramFold(int steps, Messages messages) {
    this.steps = steps;
    this.messages = messages;
  }

  boolean isUsed() {
    return sums != null || invalid != null;
  }

  boolean hasSum(int i) {
    return sums != null && sums[i] != null;
  }

  boolean isInvalid(int i) {
    return invalid != null && invalid[i];
  }

  void invalidate(int i) {
    boolean[] all = invalid;
    if (all == null) {
      all = new boolean[steps];
      invalid = all;
    }
    all[i] = true;
  }

  /// Records that a step has both floats and histograms.
  void mix(int i) {
    messages.mixed();
    invalidate(i);
  }

  /// The sum so far; null where there is none.
  @Nullable HistogramSum sum(int i) {
    return sums == null ? null : sums[i];
  }

  void add(int i, Histogram h, String metric) {
    if (isInvalid(i)) {
      return;
    }
    @Nullable HistogramSum[] all = sums;
    if (all == null) {
      all = new HistogramSum[steps];
      sums = all;
    }
    HistogramSum sum = all[i];
    if (sum == null) {
      all[i] = new HistogramSum(h);
    } else if (sum.fits(h)) {
      sum.add(h);
    } else {
      messages.mixedSchemas(metric);
      invalidate(i);
    }
  }

  /// The final sum at a step, null where there is none. Adds the annotations of the step.
  @Nullable HistogramSum finish(int i) {
    HistogramSum sum = sums == null || isInvalid(i) ? null : sums[i];
    if (sum != null) {
      messages.of(sum);
    }
    return sum;
  }
}
