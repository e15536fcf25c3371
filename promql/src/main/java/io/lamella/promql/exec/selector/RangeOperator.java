package io.lamella.promql.exec.selector;

/// An operator whose output is a range vector: series with their samples, and for each step the
/// window that it sees.
public interface RangeOperator {
  /// Fills the buffer with the next series; its samples are valid until the next call. False at the
  /// end.
  boolean next(RangeSeries into);

  /// Where the windows end.
  ReferenceTimes times();

  /// Width of the windows, which are left-open.
  long widthMillis();

  boolean hasUniqueLabels();
}
