package io.lamella.promql.exec;

import io.lamella.promql.QueryException;
import java.util.List;

/// An expression that cannot be evaluated: fails when its turn comes, after the scalars before it.
record FailingSeries(List<ScalarOperator> before, QueryException failure)
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
