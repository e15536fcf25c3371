package io.lamella.promql.exec.function;

import io.lamella.model.Histogram;
import io.lamella.promql.exec.selector.RangeSeries;
import org.jspecify.annotations.Nullable;

/// The input and output of a window function at one step: index ranges into the columns of the
/// series, the bounds in time, and the result. Reused for all steps.
public final class SampleWindow {
  RangeSeries series = new RangeSeries();

  /// Floats `[f0, f1)` and histograms `[h0, h1)` lie in the window.
  int f0;

  int f1;
  int h0;
  int h1;

  /// The window is `(startMillis, endMillis]`.
  long startMillis;

  long endMillis;
  long evalMillis;

  /// The number of the step.
  int step;

  /// The result.
  double value;

  @Nullable Histogram histogram;

  int floats() {
    return f1 - f0;
  }

  int histograms() {
    return h1 - h0;
  }

  boolean result(double v) {
    value = v;
    histogram = null;
    return true;
  }

  boolean result(Histogram h) {
    value = h.sum();
    histogram = h;
    return true;
  }

  String metricName() {
    return series.labels().metricName();
  }
}
