package io.lamella.promql.exec.function;

import io.lamella.promql.exec.StepSeries;
import io.lamella.promql.exec.selector.RangeSeries;
import io.lamella.promql.exec.selector.ReferenceTimes;

/// A function of one window.
@FunctionalInterface
public interface WindowFunction {
  /// Puts the answer into the window; false where there is none.
  boolean apply(SampleWindow w);

  /// How far before the window's start the function looks for samples.
  default long reachesBack() {
    return 0;
  }

  /// How far after the window's end the function looks for samples.
  default long reachesAhead() {
    return 0;
  }

  /// True where the function slides over a series itself, which is faster than window by window.
  default boolean slides(RangeSeries series) {
    return false;
  }

  /// Answers at all steps of a series, in whose place [#apply] is not called; true where there is
  /// an answer at some step.
  default boolean slide(
      RangeSeries series, ReferenceTimes times, long widthMillis, StepSeries into) {
    throw new UnsupportedOperationException("not written to slide");
  }

  /// To be told of each series before its windows.
  default void startSeries() {}
}
