package io.lamella.promql.exec;

import java.util.ArrayList;
import java.util.List;

/// All series of an operator, for operators that must see them side by side.
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

  /// The right operand, read before the left one streams past it. Where it fails the left one is
  /// evaluated to its end, whose failure comes first, as it does in Prometheus.
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

  /// Gives back what [#all] held.
  public static void release(QueryRun run, List<StepSeries> series) {
    for (StepSeries s : series) {
      run.release(s.count());
    }
  }
}
