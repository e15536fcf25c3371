package io.lamella.promql.exec.aggregate;

import io.lamella.model.Histogram;
import io.lamella.model.HistogramSum;
import io.lamella.promql.exec.StepSeries;
import org.jspecify.annotations.Nullable;

/// `avg`: a Kahan sum and a count for each step; after an overflow of the sum, a running mean.
final class AverageAccumulator implements Accumulator {
  private final int first;
  private final int steps;
  private final double[] sum;
  private final double[] compensation;
  private final int[] count;
  private final int[] histogramCount;
  private boolean @Nullable [] running;
  private final HistogramFold histograms;

  AverageAccumulator(Block block, HistogramFold.Messages messages) {
    this.first = block.first();
    int steps = block.steps();
    this.steps = steps;
    this.sum = new double[steps];
    this.compensation = new double[steps];
    this.count = new int[steps];
    this.histogramCount = new int[steps];
    this.histograms = new HistogramFold(steps, messages);
  }

  @Override
  public void add(StepSeries s) {
    for (int i = 0; i < steps; i++) {
      if (!s.has(first + i) || histograms.isIncompatible(i)) {
        continue;
      }
      Histogram h = s.histogram(first + i);
      if (h == null) {
        add(i, s.values()[first + i]);
      } else {
        histogramCount[i]++;
        addHistogram(i, h, s.labels().metricName());
      }
    }
  }

  /// Adds to the sum, or after the first overflow updates the running mean.
  private void addHistogram(int i, Histogram h, String metric) {
    HistogramSum total = histograms.sum(i);
    boolean[] modes = running;
    if (total != null && total.fits(h)) {
      double n = histogramCount[i];
      if ((modes == null || !modes[i]) && total.overflowsWith(h)) {
        modes = runningModes();
        modes[i] = true;
        total.divide(n - 1);
      }
      if (modes != null && modes[i]) {
        total.scale((n - 1) / n);
        total.add(new HistogramSum(h).divide(n).toHistogram());
        histograms.informIfReconciled(total);
        return;
      }
    }
    histograms.add(i, h, metric, count[i] > 0);
  }

  private boolean[] runningModes() {
    boolean[] modes = running;
    if (modes == null) {
      modes = new boolean[steps];
      running = modes;
    }
    return modes;
  }

  private void add(int i, double x) {
    if (count[i]++ == 0) {
      sum[i] = x;
      return;
    }
    boolean[] modes = running;
    if (modes == null || !modes[i]) {
      if (!Double.isInfinite(sum[i] + x)) {
        inc(i, x);
        return;
      }
      runningModes()[i] = true;
      double before = count[i] - 1;
      sum[i] /= before;
      compensation[i] /= before;
    }
    double n = count[i];
    double q = (n - 1) / n;
    sum[i] *= q;
    compensation[i] *= q;
    inc(i, x / n);
  }

  private void inc(int i, double x) {
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
  }

  @Override
  public void emit(StepSeries into) {
    for (int i = 0; i < steps; i++) {
      if (histograms.isInvalid(i, count[i] > 0)) {
        continue;
      }
      HistogramSum h = histograms.finish(i);
      if (h != null) {
        boolean mean = running != null && running[i];
        into.set(first + i, mean ? h.toHistogram() : h.divide(histogramCount[i]).toHistogram());
      } else if (count[i] > 0) {
        double n = running != null && running[i] ? 1 : count[i];
        into.set(first + i, sum[i] / n + compensation[i] / n);
      }
    }
  }
}
