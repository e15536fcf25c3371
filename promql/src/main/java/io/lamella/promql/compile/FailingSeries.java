package io.lamella.promql.compile;

import io.lamella.promql.exec.EvaluationException;
import io.lamella.promql.exec.ScalarOperator;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import java.util.List;

/// An expression that cannot be evaluated. It fails when it is read, after the scalars before it
/// were evaluated.
record FailingSeries(List<ScalarOperator> before, EvaluationException failure)
    implements SeriesOperator {
  @Override
  public boolean next(StepSeries into) {
    before.forEach(ScalarOperator::values);
    throw failure;
  }

  @Override
  public boolean hasUniqueLabels() {
    return true;
  }
}
