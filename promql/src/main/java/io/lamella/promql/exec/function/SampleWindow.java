package io.lamella.promql.exec.function;

import io.lamella.model.Histogram;
import io.lamella.promql.exec.selector.RangeSeries;
import org.jspecify.annotations.Nullable;

/// What a range function sees at one step: index ranges into the series' columns and the bounds in
/// time; and where it puts its answer. Reused from step to step.
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

  /// The answer.
  double value;

  @Nullable Histogram histogram;

  int floats() {
    return f1 - f0;
  }

  int histograms() {
    return h1 - h0;
  }

  boolean answer(double v) {
    value = v;
    histogram = null;
    return true;
  }

  boolean answer(Histogram h) {
    value = h.sum();
    histogram = h;
    return true;
  }

  String metricName() {
    return series.labels().metricName();
  }
}
