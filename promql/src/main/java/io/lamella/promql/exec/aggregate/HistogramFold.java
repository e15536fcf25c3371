package io.lamella.promql.exec.aggregate;

import io.lamella.model.GoQuote;
import io.lamella.model.Histogram;
import io.lamella.model.HistogramSum;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.Annotations;
import io.lamella.promql.exec.QueryMemory;
import io.lamella.promql.exec.QueryRun;
import org.jspecify.annotations.Nullable;

/// The histogram part of `sum` and `avg`: a running sum for each step, allocated with the first
/// histogram, and the steps without a result because of a mix of types or of bucket layouts.
///
/// Floats and histograms at one step have no result, but both are added up to the end, because
/// further histograms may add annotations. Exponential and custom buckets at one step end it at
/// once.
final class HistogramFold {
  /// Where annotations are added, and with which position.
  record Messages(QueryRun run, TextRange place) {
    private Annotations annotations() {
      return run.annotations();
    }

    void mixed() {
      annotations().warn(place, "encountered a mix of histograms and floats for aggregation");
    }

    void mixedSchemas(String metric) {
      annotations()
          .warn(
              place,
              "vector contains a mix of histograms with exponential and custom buckets schemas for"
                  + " metric name "
                  + GoQuote.quote(metric));
    }

    void collision() {
      annotations().warn(place, "conflicting counter resets during histogram aggregation");
    }

    void reconciled() {
      annotations().info(place, "mismatched custom buckets were reconciled during aggregation");
    }
  }

  private final int steps;
  private final Messages messages;
  private @Nullable HistogramSum @Nullable [] sums;
  private boolean @Nullable [] incompatible;
  private boolean @Nullable [] afterFloat;

  HistogramFold(int steps, Messages messages) {
    this.steps = steps;
    this.messages = messages;
  }

  boolean isUsed() {
    return sums != null || afterFloat != null;
  }

  /// True where the step has exponential and custom buckets; it takes no further elements.
  boolean isIncompatible(int i) {
    return incompatible != null && incompatible[i];
  }

  private boolean hasHistogram(int i) {
    return sums != null && sums[i] != null || afterFloat != null && afterFloat[i];
  }

  /// The sum so far; null where there is none.
  @Nullable HistogramSum sum(int i) {
    return sums == null ? null : sums[i];
  }

  /// Adds a histogram to a step that is not incompatible.
  ///
  /// @param hasFloat true where a float came before; then only the first element's type matters
  void add(int i, Histogram h, String metric, boolean hasFloat) {
    HistogramSum sum = sum(i);
    if (sum == null) {
      if (hasFloat) {
        afterFloat = marked(afterFloat, i);
      } else {
        start(i, h);
      }
    } else if (sum.fits(h)) {
      sum.add(h);
      informIfReconciled(sum);
    } else {
      messages.mixedSchemas(metric);
      incompatible = marked(incompatible, i);
    }
  }

  private void start(int i, Histogram h) {
    @Nullable HistogramSum[] all = sums;
    if (all == null) {
      all = new HistogramSum[steps];
      sums = all;
    }
    messages.run().memory().hold(2 * QueryMemory.of(h));
    all[i] = new HistogramSum(h);
  }

  void informIfReconciled(HistogramSum sum) {
    if (sum.pollReconciled()) {
      messages.reconciled();
    }
  }

  private boolean[] marked(boolean @Nullable [] flags, int i) {
    boolean[] all = flags == null ? new boolean[steps] : flags;
    all[i] = true;
    return all;
  }

  /// True where a step has no result; warns of a mix of types.
  boolean isInvalid(int i, boolean hasFloat) {
    if (hasFloat && hasHistogram(i)) {
      messages.mixed();
      return true;
    }
    return isIncompatible(i);
  }

  /// The final sum at a step that is not invalid, null where there is none. Warns of colliding
  /// counter resets.
  @Nullable HistogramSum finish(int i) {
    HistogramSum sum = sum(i);
    if (sum != null && sum.resetsCollide()) {
      messages.collision();
    }
    return sum;
  }
}
