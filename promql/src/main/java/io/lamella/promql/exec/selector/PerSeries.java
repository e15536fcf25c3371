package io.lamella.promql.exec.selector;

import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.SeriesOperator;
import java.util.function.Supplier;

/// Makes operators that compute each series of a selection by itself, one for each thread.
@FunctionalInterface
public interface PerSeries {
  /// @param run of the thread that uses the operator
  /// @param series opened at the first call of the operator; after they have ended, others may
  ///   follow
  SeriesOperator over(QueryRun run, Supplier<SeriesReader> series);
}
