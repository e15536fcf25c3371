package io.lamella.promql;

import io.lamella.promql.exec.StepSeries;

/// Takes the results of expressions that are evaluated together, one series after another.
@FunctionalInterface
public interface SeriesSink {
  /// Takes a series that has an element at some step.
  ///
  /// @param expression the number of the expression
  /// @param series valid until this returns
  void series(int expression, StepSeries series);
}
