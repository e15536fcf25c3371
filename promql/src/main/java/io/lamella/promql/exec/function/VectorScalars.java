package io.lamella.promql.exec.function;

import io.lamella.model.Labels;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.ScalarOperator;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import io.lamella.promql.exec.Steps;
import java.util.Arrays;

/// Conversions between scalars and vectors: `scalar(v)`, `vector(s)`, `absent(v)`.
public final class VectorScalars {
  private VectorScalars() {}

  /// The value of the single float element at each step; NaN where there is not exactly one.
  public static ScalarOperator scalar(QueryRun run, SeriesOperator from, Steps times) {
    return ScalarOperator.lazily(
        run,
        times,
        () -> {
          int steps = times.count();
          double[] out = new double[steps];
          Arrays.fill(out, Double.NaN);
          StepSeries s = run.buffer(steps);
          int[] seen = new int[steps];
          while (from.next(s)) {
            run.tick();
            for (int i = 0; i < steps; i++) {
              if (s.has(i) && s.histogram(i) == null) {
                out[i] = seen[i]++ == 0 ? s.values()[i] : Double.NaN;
              }
            }
          }
          run.releaseBuffer(steps);
          return out;
        });
  }

  /// One element without labels.
  public static SeriesOperator vector(ScalarOperator scalar) {
    return new Single() {
      @Override
      boolean fill(StepSeries into) {
        into.reset(Labels.EMPTY);
        double[] v = scalar.values();
        for (int i = 0; i < into.steps(); i++) {
          into.set(i, v[i]);
        }
        return into.steps() > 0;
      }
    };
  }

  /// 1 with the given labels at each step where the vector is empty.
  public static SeriesOperator absent(QueryRun run, SeriesOperator from, Labels labels) {
    return new Single() {
      @Override
      boolean fill(StepSeries into) {
        long[] seen = new long[into.present().length];
        while (from.next(into)) {
          run.check();
          for (int i = 0; i < seen.length; i++) {
            seen[i] |= into.present()[i];
          }
        }
        into.reset(labels);
        boolean any = false;
        for (int i = 0; i < into.steps(); i++) {
          if ((seen[i >> 6] & (1L << i)) == 0) {
            into.set(i, 1);
            any = true;
          }
        }
        return any;
      }
    };
  }

  /// An operator of at most one series.
  private abstract static class Single implements SeriesOperator {
    private boolean done;

    abstract boolean fill(StepSeries into);

    @Override
    public boolean next(StepSeries into) {
      if (done) {
        return false;
      }
      done = true;
      return fill(into);
    }

    @Override
    public boolean hasUniqueLabels() {
      return true;
    }
  }
}
