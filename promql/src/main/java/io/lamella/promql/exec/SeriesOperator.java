package io.lamella.promql.exec;

/// An operator whose output is an instant vector at each step: it returns one series after the
/// other, each over all steps. Used by one thread; no samples are read before the first call.
public interface SeriesOperator {
  /// Fills the buffer with the next series that has an element at some step; returns false at the
  /// end.
  ///
  /// @throws EvaluationException where evaluation fails
  boolean next(StepSeries into);

  /// True where no two series of the output have equal labels.
  boolean hasUniqueLabels();
}
