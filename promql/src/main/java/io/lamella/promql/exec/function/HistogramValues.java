package io.lamella.promql.exec.function;

import io.lamella.model.Histogram;
import io.lamella.model.HistogramBuckets;
import io.lamella.promql.ast.HistogramFunction;
import io.lamella.promql.exec.KahanSum;
import io.lamella.promql.exec.StepSeries;

/// Single numbers of a histogram: count, sum, average, variance.
public final class HistogramValues {
  private interface OfHistogram {
    double apply(Histogram h);
  }

  private HistogramValues() {}

  /// False where count and sum are enough.
  public static boolean readsBuckets(HistogramFunction f) {
    return switch (f) {
      case HISTOGRAM_COUNT, HISTOGRAM_SUM, HISTOGRAM_AVG -> false;
      case HISTOGRAM_STDDEV, HISTOGRAM_STDVAR -> true;
    };
  }

  public static FloatMap.Change change(HistogramFunction f) {
    OfHistogram of =
        switch (f) {
          case HISTOGRAM_COUNT -> Histogram::count;
          case HISTOGRAM_SUM -> Histogram::sum;
          case HISTOGRAM_AVG -> h -> h.sum() / h.count();
          case HISTOGRAM_STDDEV -> h -> Math.sqrt(variance(h));
          case HISTOGRAM_STDVAR -> HistogramValues::variance;
        };
    return s -> change(s, of);
  }

  private static void change(StepSeries s, OfHistogram of) {
    for (int i = 0; i < s.steps(); i++) {
      if (s.has(i)) {
        Histogram h = s.histogram(i);
        if (h == null) {
          s.unset(i);
        } else {
          s.set(i, of.apply(h));
        }
      }
    }
  }

  /// The variance around the mean, with one value for each bucket: the arithmetic mean of custom
  /// bounds, 0 for the zero bucket, else the geometric mean.
  static double variance(Histogram h) {
    double mean = h.sum() / h.count();
    HistogramBuckets b = HistogramBuckets.of(h);
    KahanSum sum = new KahanSum();
    for (int i = 0; i < b.size(); i++) {
      if (b.count(i) == 0) {
        continue;
      }
      double value;
      if (h.usesCustomBuckets()) {
        value = (b.lower(i) + b.upper(i)) / 2;
      } else if (b.lower(i) <= 0 && b.upper(i) >= 0) {
        value = 0;
      } else {
        value = Math.sqrt(b.upper(i) * b.lower(i));
        if (b.upper(i) < 0) {
          value = -value;
        }
      }
      double delta = value - mean;
      sum.add(b.count(i) * delta * delta);
    }
    return sum.value() / h.count();
  }
}
