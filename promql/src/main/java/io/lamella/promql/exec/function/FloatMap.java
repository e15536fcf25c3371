package io.lamella.promql.exec.function;

import io.lamella.promql.exec.DuplicateLabels;
import io.lamella.promql.exec.MetricNames;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import org.jspecify.annotations.Nullable;

/// Applies a function to each element of a vector and drops the metric name.
public final class FloatMap implements SeriesOperator {
  /// Changes a whole series in place: values, presence.
  @FunctionalInterface
  public interface Change {
    void apply(StepSeries s);
  }

  /// A function of one float.
  @FunctionalInterface
  public interface OfValue {
    double apply(double v);
  }

  /// A function of one float and the step.
  @FunctionalInterface
  public interface OfStep {
    double apply(double v, int step);
  }

  private final QueryRun run;
  private final SeriesOperator from;
  private final Change change;
  private final @Nullable DuplicateLabels duplicates;

  public FloatMap(QueryRun run, SeriesOperator from, Change change, boolean checksDuplicates) {
    this.run = run;
    this.from = from;
    this.change = change;
    this.duplicates =
        checksDuplicates && !run.delaysNames() ? new DuplicateLabels(run.memory()) : null;
  }

  /// Applies a function to all floats and drops histograms.
  public static Change floats(OfValue f) {
    return s -> {
      dropHistograms(s);
      double[] v = s.values();
      for (int i = 0; i < s.steps(); i++) {
        if (s.has(i)) {
          v[i] = f.apply(v[i]);
        }
      }
    };
  }

  public static Change floatsByStep(OfStep f) {
    return s -> {
      dropHistograms(s);
      double[] v = s.values();
      for (int i = 0; i < s.steps(); i++) {
        if (s.has(i)) {
          v[i] = f.apply(v[i], i);
        }
      }
    };
  }

  static void dropHistograms(StepSeries s) {
    if (s.hasHistograms()) {
      for (int i = 0; i < s.steps(); i++) {
        if (s.histogram(i) != null) {
          s.unset(i);
        }
      }
    }
  }

  @Override
  public boolean next(StepSeries into) {
    while (from.next(into)) {
      run.tick();
      change.apply(into);
      if (into.isEmpty()) {
        continue;
      }
      MetricNames.drop(run, into);
      if (duplicates != null) {
        duplicates.checkSteps(into);
      }
      return true;
    }
    return false;
  }

  @Override
  public boolean hasUniqueLabels() {
    return run.delaysNames() && from.hasUniqueLabels();
  }
}
