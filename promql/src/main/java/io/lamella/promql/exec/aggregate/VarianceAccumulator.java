package io.lamella.promql.exec.aggregate;

import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.StepSeries;

/// `stddev` and `stdvar` of floats after Welford; any NaN or infinity gives NaN.
final class VarianceAccumulator implements Accumulator {
  private final QueryRun run;
  private final int first;
  private final double[] mean;
  private final double[] squares;
  private final int[] count;
  private final boolean root;
  private final TextRange place;

  VarianceAccumulator(QueryRun run, Block block, boolean root, TextRange place) {
    this.run = run;
    this.first = block.first();
    int steps = block.steps();
    this.mean = new double[steps];
    this.squares = new double[steps];
    this.count = new int[steps];
    this.root = root;
    this.place = place;
  }

  @Override
  public void add(StepSeries s) {
    double[] v = s.values();
    boolean histograms = s.hasHistograms();
    for (int i = 0; i < mean.length; i++) {
      if (!s.has(first + i)) {
        continue;
      }
      if (histograms && s.histogram(first + i) != null) {
        run.annotations()
            .info(place, "ignored histogram in " + (root ? "stddev" : "stdvar") + " aggregation");
        continue;
      }
      double x = v[first + i];
      count[i]++;
      if (Double.isInfinite(x)) {
        squares[i] = Double.NaN;
      }
      double delta = x - mean[i];
      mean[i] += delta / count[i];
      squares[i] += delta * (x - mean[i]);
    }
  }

  @Override
  public void emit(StepSeries into) {
    for (int i = 0; i < mean.length; i++) {
      if (count[i] > 0) {
        double variance = squares[i] / count[i];
        into.set(first + i, root ? Math.sqrt(variance) : variance);
      }
    }
  }
}
