package io.lamella.promql.exec.aggregate;

import io.lamella.model.Histogram;
import io.lamella.model.HistogramSum;
import io.lamella.promql.exec.StepSeries;

/// `sum`: a Kahan sum for each step.
final class SumAccumulator implements Accumulator {
  private final int first;
  private final int steps;
  private final double[] sum;
  private final double[] compensation;
  private final boolean[] seen;
  private final HistogramFold histograms;

  SumAccumulator(Block block, HistogramFold.Messages messages) {
    this.first = block.first();
    int steps = block.steps();
    this.steps = steps;
    this.sum = new double[steps];
    this.compensation = new double[steps];
    this.seen = new boolean[steps];
    this.histograms = new HistogramFold(steps, messages);
  }

  @Override
  public void add(StepSeries s) {
    if (s.hasHistograms() || histograms.isUsed()) {
      addMixed(s);
      return;
    }
    double[] v = s.values();
    long[] present = s.present();
    // Blocks start at whole words.
    for (int from = 0; from < steps; from += 64) {
      long bits = present[(first + from) >> 6];
      int to = Math.min(from + 64, steps);
      for (int i = from; i < to; i++) {
        if ((bits & (1L << i)) != 0) {
          add(i, v[first + i]);
        }
      }
    }
  }

  private void add(int i, double x) {
    double before = sum[i];
    double t = before + x;
    if (Double.isInfinite(t)) {
      compensation[i] = 0;
    } else if (Math.abs(before) >= Math.abs(x)) {
      compensation[i] += (before - t) + x;
    } else {
      compensation[i] += (x - t) + before;
    }
    sum[i] = t;
    seen[i] = true;
  }

  private void addMixed(StepSeries s) {
    for (int i = 0; i < steps; i++) {
      if (!s.has(first + i) || histograms.isIncompatible(i)) {
        continue;
      }
      Histogram h = s.histogram(first + i);
      if (h == null) {
        add(i, s.values()[first + i]);
      } else {
        histograms.add(i, h, s.labels().metricName(), seen[i]);
      }
    }
  }

  @Override
  public void emit(StepSeries into) {
    for (int i = 0; i < steps; i++) {
      if (histograms.isInvalid(i, seen[i])) {
        continue;
      }
      HistogramSum h = histograms.finish(i);
      if (h != null) {
        into.set(first + i, h.toHistogram());
      } else if (seen[i]) {
        into.set(first + i, sum[i] + compensation[i]);
      }
    }
  }
}
