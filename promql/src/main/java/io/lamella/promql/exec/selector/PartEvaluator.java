package io.lamella.promql.exec.selector;

import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import io.lamella.promql.exec.WorkerRun;
import io.lamella.promql.source.SeriesSet;

/// Evaluates parts of a selection with an operator of its own. Used by one thread at a time.
final class PartEvaluator implements AutoCloseable {
  private final WorkerRun worker;
  private final PartReader reader;
  private final SeriesOperator operator;

  PartEvaluator(WorkerRun worker, PerSeries perSeries) {
    this.worker = worker;
    reader = new PartReader(worker.run());
    operator = perSeries.over(worker.run(), () -> reader);
  }

  /// Starts a part. Whatever part was evaluated before, its effects are those of this one alone.
  void start(SeriesSet part) {
    worker.forgetEffects();
    reader.read(part);
  }

  /// The next result of the part; false at its end.
  boolean next(StepSeries into) {
    return operator.next(into);
  }

  WorkerRun.Effects takeEffects() {
    return worker.takeEffects();
  }

  @Override
  public void close() {
    worker.close();
  }
}
