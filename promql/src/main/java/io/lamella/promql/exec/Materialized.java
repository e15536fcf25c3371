package io.lamella.promql.exec;

import java.util.ArrayList;
import java.util.List;

/// Reads all series of an operator into memory, for operators that need them at the same time.
public final class Materialized {
  private Materialized() {}

  public static List<StoredSeries> all(QueryRun run, SeriesOperator from, int steps) {
    List<StoredSeries> out = new ArrayList<>();
    StepSeries buffer = run.buffer(steps);
    while (from.next(buffer)) {
      run.check();
      out.add(run.store(buffer));
    }
    run.releaseBuffer(steps);
    return out;
  }

  /// Reads the right operand before the left one is streamed. Where it fails, the left operand is
  /// evaluated to its end first, because its failure has precedence, as in Prometheus.
  public static List<StoredSeries> right(
      QueryRun run, SeriesOperator left, SeriesOperator right, int steps) {
    try {
      return all(run, right, steps);
    } catch (EvaluationException.Failed e) {
      StepSeries buffer = run.buffer(steps);
      while (left.next(buffer)) {
        run.check();
      }
      throw e;
    }
  }

  /// Releases what [#all] counted.
  public static void release(QueryRun run, List<StoredSeries> series) {
    series.forEach(run::release);
  }
}
