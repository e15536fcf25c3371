package io.lamella.promql.exec.selector;

/// An operator whose output is a range vector: series with their samples, and a window of samples
/// for each step.
public interface RangeOperator {
  /// Fills the buffer with the next series; its samples are valid until the next call. Returns
  /// false at the end.
  boolean next(RangeSeries into);

  /// The ends of the windows.
  ReferenceTimes times();

  /// Width of the windows, which are left-open.
  long widthMillis();

  boolean hasUniqueLabels();
}
