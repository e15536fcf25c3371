package io.lamella.promql.exec.aggregate;

import io.lamella.promql.exec.StepSeries;

/// The state of one group over a block of steps: it accumulates the added series step by step.
interface Accumulator {
  /// The steps from `first` on.
  record Block(int first, int steps) {}

  void add(StepSeries s);

  /// Writes the result into an empty buffer.
  void emit(StepSeries into);
}
