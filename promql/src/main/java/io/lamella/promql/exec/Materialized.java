package io.lamella.promql.exec;

import java.util.ArrayList;
import java.util.List;

/// Reads all series of an operator into memory, for operators that need them at the same time.
public final class Materialized {
  private Materialized() {}

  public static List<StepSeries> all(QueryRun run, SeriesOperator from, int steps) {
    List<StepSeries> out = new ArrayList<>();
    StepSeries buffer = new StepSeries(steps);
    while (from.next(buffer)) {
      run.check();
      run.hold(buffer.count());
      out.add(buffer);
      buffer = new StepSeries(steps);
    }
    return out;
  }

  /// Reads the right operand before the left one is streamed. Where it fails, the left operand is
  /// evaluated to its end first, because its failure has precedence, as in Prometheus.
  public static List<StepSeries> right(
      QueryRun run, SeriesOperator left, SeriesOperator right, int steps) {
    try {
      return all(run, right, steps);
    } catch (EvaluationException.Failed e) {
      StepSeries buffer = new StepSeries(steps);
      while (left.next(buffer)) {
        run.check();
      }
      throw e;
    }
  }

  /// Releases the samples that [#all] counted.
  public static void release(QueryRun run, List<StepSeries> series) {
    for (StepSeries s : series) {
      run.release(s.count());
    }
  }
}
