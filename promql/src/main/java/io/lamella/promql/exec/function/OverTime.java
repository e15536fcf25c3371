package io.lamella.promql.exec.function;

import io.lamella.model.GoQuote;
import io.lamella.model.Histogram;
import io.lamella.model.HistogramSum;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.Annotations;
import io.lamella.promql.exec.KahanSum;
import java.util.Arrays;

/// The `…_over_time` functions of one range vector.
final class OverTime {
  /// Computes from the floats of a window alone.
  private interface Floats {
    double of(double[] values, int from, int to);
  }

  private OverTime() {}

  /// A function of floats only: histograms next to floats are ignored with an info, histograms
  /// alone have no result.
  private static WindowFunction floatsOnly(Annotations annotations, TextRange place, Floats f) {
    return w -> {
      if (w.floats() == 0) {
        return false;
      }
      if (w.histograms() > 0) {
        ignored(annotations, place, w);
      }
      return w.result(f.of(w.series.floats(), w.f0, w.f1));
    };
  }

  static void ignored(Annotations annotations, TextRange place, SampleWindow w) {
    annotations.info(
        place,
        "ignored histograms in a range containing both floats and histograms for metric name "
            + GoQuote.quote(w.metricName()));
  }

  static void mixed(Annotations annotations, TextRange place, SampleWindow w) {
    annotations.warn(
        place,
        "encountered a mix of histograms and floats for metric name "
            + GoQuote.quote(w.metricName()));
  }

  static WindowFunction sum(Annotations annotations, TextRange place) {
    KahanSum kahan = new KahanSum();
    return w -> {
      if (w.histograms() > 0) {
        if (w.floats() > 0) {
          mixed(annotations, place, w);
          return false;
        }
        HistogramSum sum = total(w, annotations, place);
        return sum != null && w.result(sum.toWholeHistogram());
      }
      double[] v = w.series.floats();
      kahan.reset();
      for (int i = w.f0; i < w.f1; i++) {
        kahan.add(v[i]);
      }
      return w.result(finite(kahan));
    };
  }

  private static double finite(KahanSum k) {
    return Double.isInfinite(k.sum()) ? k.sum() : k.value();
  }

  private static @org.jspecify.annotations.Nullable HistogramSum total(
      SampleWindow w, Annotations annotations, TextRange place) {
    Histogram[] h = w.series.histograms();
    HistogramSum sum = new HistogramSum(h[w.h0]);
    for (int i = w.h0 + 1; i < w.h1; i++) {
      if (!sum.fits(h[i])) {
        mixedSchemas(annotations, place, w.metricName());
        return null;
      }
      sum.add(h[i]);
    }
    if (sum.resetsCollide()) {
      annotations.warn(place, "conflicting counter resets during histogram aggregation");
    }
    if (sum.reconciled()) {
      annotations.info(place, "mismatched custom buckets were reconciled during aggregation");
    }
    return sum;
  }

  static void mixedSchemas(Annotations annotations, TextRange place, String metric) {
    annotations.warn(
        place,
        "vector contains a mix of histograms with exponential and custom buckets schemas for metric"
            + " name "
            + GoQuote.quote(metric));
  }

  static WindowFunction avg(Annotations annotations, TextRange place) {
    KahanSum kahan = new KahanSum();
    return w -> {
      if (w.histograms() > 0) {
        if (w.floats() > 0) {
          mixed(annotations, place, w);
          return false;
        }
        HistogramSum sum = total(w, annotations, place);
        return sum != null && w.result(average(w, sum));
      }
      return w.result(average(w.series.floats(), w.f0, w.f1, kahan));
    };
  }

  /// Sum divided by count; after an overflow a running mean.
  private static Histogram average(SampleWindow w, HistogramSum sum) {
    Histogram total = sum.toHistogram();
    if (!total.overflows()) {
      return sum.divide(w.histograms()).toWholeHistogram();
    }
    Histogram[] h = w.series.histograms();
    HistogramSum mean = new HistogramSum(h[w.h0]);
    int n = 1;
    for (int i = w.h0 + 1; i < w.h1; i++) {
      n++;
      mean.scale((n - 1) / (double) n);
      mean.add(new HistogramSum(h[i]).divide(n).toHistogram());
    }
    return mean.hint(total.counterReset()).toWholeHistogram();
  }

  /// Sum divided by count; after an overflow of the sum a running mean.
  private static double average(double[] v, int from, int to, KahanSum kahan) {
    kahan.reset();
    kahan.set(v[from], 0);
    double count = 1;
    for (int i = from + 1; i < to; i++) {
      count++;
      double sum = kahan.sum();
      double compensation = kahan.compensation();
      kahan.add(v[i]);
      if (Double.isInfinite(kahan.sum())) {
        double n = count - 1;
        return runningMean(v, i, to, n, sum / n, compensation / n, kahan);
      }
    }
    return kahan.sum() / count + kahan.compensation() / count;
  }

  private static double runningMean(
      double[] v, int from, int to, double before, double mean, double compensation, KahanSum k) {
    double m = mean;
    double c = compensation;
    double count = before;
    for (int i = from; i < to; i++) {
      count++;
      double q = (count - 1) / count;
      k.set(q * m, q * c);
      k.add(v[i] / count);
      m = k.sum();
      c = k.compensation();
    }
    return m + c;
  }

  static WindowFunction max(Annotations annotations, TextRange place) {
    return floatsOnly(
        annotations,
        place,
        (v, from, to) -> {
          double max = v[from];
          for (int i = from + 1; i < to; i++) {
            if (v[i] > max || max != max) {
              max = v[i];
            }
          }
          return max;
        });
  }

  static WindowFunction min(Annotations annotations, TextRange place) {
    return floatsOnly(
        annotations,
        place,
        (v, from, to) -> {
          double min = v[from];
          for (int i = from + 1; i < to; i++) {
            if (v[i] < min || min != min) {
              min = v[i];
            }
          }
          return min;
        });
  }

  static WindowFunction variance(Annotations annotations, TextRange place, boolean root) {
    KahanSum mean = new KahanSum();
    KahanSum squares = new KahanSum();
    return floatsOnly(
        annotations,
        place,
        (v, from, to) -> {
          mean.reset();
          squares.reset();
          double n = 0;
          for (int i = from; i < to; i++) {
            n++;
            double delta = v[i] - mean.value();
            mean.add(delta / n);
            squares.add(delta * (v[i] - mean.value()));
          }
          double variance = squares.value() / n;
          return root ? Math.sqrt(variance) : variance;
        });
  }

  static WindowFunction mad(Annotations annotations, TextRange place) {
    return floatsOnly(
        annotations,
        place,
        (v, from, to) -> {
          double[] copy = Arrays.copyOfRange(v, from, to);
          for (double x : copy) {
            if (x != x) {
              return x;
            }
          }
          double median = Quantiles.of(0.5, copy, copy.length);
          for (int i = 0; i < copy.length; i++) {
            copy[i] = Math.abs(copy[i] - median);
          }
          return Quantiles.of(0.5, copy, copy.length);
        });
  }

  static WindowFunction count() {
    return w -> w.result(w.floats() + w.histograms());
  }

  static WindowFunction present() {
    return w -> w.result(1);
  }

  static WindowFunction last() {
    return w -> {
      if (w.histograms() > 0
          && (w.floats() == 0
              || w.series.histogramTimes()[w.h1 - 1] > w.series.floatTimes()[w.f1 - 1])) {
        return w.result(w.series.histograms()[w.h1 - 1]);
      }
      return w.result(w.series.floats()[w.f1 - 1]);
    };
  }

  static WindowFunction first() {
    return w -> {
      if (w.histograms() > 0
          && (w.floats() == 0 || w.series.histogramTimes()[w.h0] < w.series.floatTimes()[w.f0])) {
        return w.result(w.series.histograms()[w.h0]);
      }
      return w.result(w.series.floats()[w.f0]);
    };
  }

  static WindowFunction timeOfFirst() {
    return w -> {
      long t = Long.MAX_VALUE;
      if (w.floats() > 0) {
        t = w.series.floatTimes()[w.f0];
      }
      if (w.histograms() > 0) {
        t = Math.min(t, w.series.histogramTimes()[w.h0]);
      }
      return w.result(t / 1000.0);
    };
  }

  static WindowFunction timeOfLast() {
    return w -> {
      // As in Prometheus the missing type counts as a sample at 0, later than those before 1970.
      long t = w.floats() > 0 && w.histograms() > 0 ? Long.MIN_VALUE : 0;
      if (w.floats() > 0) {
        t = Math.max(t, w.series.floatTimes()[w.f1 - 1]);
      }
      if (w.histograms() > 0) {
        t = Math.max(t, w.series.histogramTimes()[w.h1 - 1]);
      }
      return w.result(t / 1000.0);
    };
  }

  /// The time of the largest (sign 1) or smallest (sign -1) float, of equal ones the last.
  static WindowFunction timeOfExtreme(Annotations annotations, TextRange place, double sign) {
    return w -> {
      if (w.floats() == 0) {
        return false;
      }
      if (w.histograms() > 0) {
        ignored(annotations, place, w);
      }
      double[] v = w.series.floats();
      int best = w.f0;
      for (int i = w.f0 + 1; i < w.f1; i++) {
        if (sign * v[i] >= sign * v[best] || v[best] != v[best]) {
          best = i;
        }
      }
      return w.result(w.series.floatTimes()[best] / 1000.0);
    };
  }
}
