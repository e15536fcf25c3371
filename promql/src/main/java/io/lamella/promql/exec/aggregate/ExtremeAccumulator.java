package io.lamella.promql.exec.aggregate;

import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.StepSeries;

/// `min` and `max` of floats; NaN only where there is no other value.
final class ExtremeAccumulator implements Accumulator {
  private final QueryRun run;
  private final int first;
  private final double[] best;
  private final boolean[] seen;
  private final boolean max;
  private final TextRange place;

  ExtremeAccumulator(QueryRun run, Block block, boolean max, TextRange place) {
    this.run = run;
    this.first = block.first();
    int steps = block.steps();
    this.best = new double[steps];
    this.seen = new boolean[steps];
    this.max = max;
    this.place = place;
  }

  @Override
  public void add(StepSeries s) {
    double[] v = s.values();
    boolean histograms = s.hasHistograms();
    for (int i = 0; i < best.length; i++) {
      if (!s.has(first + i)) {
        continue;
      }
      if (histograms && s.histogram(first + i) != null) {
        run.annotations()
            .info(place, "ignored histogram in " + (max ? "max" : "min") + " aggregation");
        continue;
      }
      double x = v[first + i];
      double b = best[i];
      if (!seen[i] || b != b || (max ? x > b : x < b)) {
        best[i] = x;
        seen[i] = true;
      }
    }
  }

  @Override
  public void emit(StepSeries into) {
    for (int i = 0; i < best.length; i++) {
      if (seen[i]) {
        into.set(first + i, best[i]);
      }
    }
  }
}
