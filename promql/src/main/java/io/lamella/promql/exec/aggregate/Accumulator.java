package io.lamella.promql.exec.aggregate;

import io.lamella.promql.exec.StepSeries;

/// What a group remembers of the series added to it: something a step.
interface Accumulator {
  void add(StepSeries s);

  /// Writes the result into an empty buffer.
  void emit(StepSeries into);
}
