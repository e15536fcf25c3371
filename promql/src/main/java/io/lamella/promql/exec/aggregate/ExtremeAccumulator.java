package io.lamella.promql.exec.aggregate;

import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.StepSeries;
import java.util.Arrays;

/// `min` and `max` of floats; NaN only where there is no other value.
final class ExtremeAccumulator implements Accumulator {
  private final QueryRun run;
  private final int first;

  /// NaN where there is no element yet.
  private final double[] best;

  /// The steps with an element, as in [StepSeries#present].
  private final long[] seen;

  private final boolean max;
  private final TextRange place;

  ExtremeAccumulator(QueryRun run, Block block, boolean max, TextRange place) {
    this.run = run;
    this.first = block.first();
    int steps = block.steps();
    this.best = new double[steps];
    Arrays.fill(best, Double.NaN);
    this.seen = new long[(steps + 63) >> 6];
    this.max = max;
    this.place = place;
  }

  @Override
  public void add(StepSeries s) {
    double[] v = s.values();
    // Blocks start at whole words.
    for (int w = 0; w < seen.length; w++) {
      long bits = floats(s, (first >> 6) + w);
      seen[w] |= bits;
      int to = Math.min((w + 1) << 6, best.length);
      for (int i = w << 6; i < to; i++) {
        double x = v[first + i];
        double b = best[i];
        if ((bits & 1L << i) != 0 && (b != b || (max ? x > b : x < b))) {
          best[i] = x;
        }
      }
    }
  }

  /// The steps of a word that have a float.
  private long floats(StepSeries s, int word) {
    long bits = s.present()[word];
    if (!s.hasHistograms()) {
      return bits;
    }
    for (long left = bits; left != 0; left &= left - 1) {
      int bit = Long.numberOfTrailingZeros(left);
      if (s.histogram((word << 6) + bit) != null) {
        run.annotations()
            .info(place, "ignored histogram in " + (max ? "max" : "min") + " aggregation");
        bits &= ~(1L << bit);
      }
    }
    return bits;
  }

  @Override
  public void emit(StepSeries into) {
    System.arraycopy(best, 0, into.values(), first, best.length);
    System.arraycopy(seen, 0, into.present(), first >> 6, seen.length);
  }
}
