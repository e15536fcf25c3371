package io.lamella.promql.exec.function;

import io.lamella.promql.exec.StepSeries;
import io.lamella.promql.exec.selector.RangeSeries;
import io.lamella.promql.exec.selector.ReferenceTimes;

/// A range function: computes a value for each window of a series.
@FunctionalInterface
public interface WindowFunction {
  /// Sets the result of the window; returns false where there is none.
  boolean apply(SampleWindow w);

  /// How many milliseconds before the start of the window the function needs samples.
  default long millisBefore() {
    return 0;
  }

  /// How many milliseconds after the end of the window the function needs samples.
  default long millisAfter() {
    return 0;
  }

  /// True where the function computes a whole series by itself, which is faster than window by
  /// window.
  default boolean slides(RangeSeries series) {
    return false;
  }

  /// Computes all steps of a series, instead of [#apply]; returns true where there is a result at
  /// some step.
  default boolean slide(
      RangeSeries series, ReferenceTimes times, long widthMillis, StepSeries into) {
    throw new UnsupportedOperationException("not written to slide");
  }

  /// Called before the windows of each series.
  default void startSeries() {}
}
