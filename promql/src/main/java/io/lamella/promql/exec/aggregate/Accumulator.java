package io.lamella.promql.exec.aggregate;

import io.lamella.promql.exec.StepSeries;

/// The state of one group: it accumulates the added series step by step.
interface Accumulator {
  void add(StepSeries s);

  /// Writes the result into an empty buffer.
  void emit(StepSeries into);
}
