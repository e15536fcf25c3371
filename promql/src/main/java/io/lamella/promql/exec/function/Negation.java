package io.lamella.promql.exec.function;

import io.lamella.model.Histogram;
import io.lamella.model.HistogramSum;
import io.lamella.promql.exec.StepSeries;

/// Unary minus.
public final class Negation {
  private Negation() {}

  public static void apply(StepSeries s) {
    double[] v = s.values();
    for (int i = 0; i < s.steps(); i++) {
      if (!s.has(i)) {
        continue;
      }
      Histogram h = s.histogram(i);
      if (h == null) {
        v[i] = -v[i];
      } else {
        s.set(i, new HistogramSum(h).scale(-1).toWholeHistogram());
      }
    }
  }
}
