package io.lamella.promql.script;

import io.lamella.model.Histogram;
import io.lamella.model.HistogramSum;
import io.lamella.model.Stale;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Compares actual and expected values, with a tolerance.
final class Equality {
  private static final double EPSILON = 1e-6;

  private Equality() {}

  static boolean floats(double a, double b) {
    if (Stale.isStale(a) || Stale.isStale(b)) {
      return Stale.isStale(a) && Stale.isStale(b);
    }
    if (a == b || a != a && b != b) {
      return true;
    }
    double sum = Math.abs(a) + Math.abs(b);
    double difference = Math.abs(a - b);
    if (a == 0 || b == 0 || sum < Double.MIN_NORMAL) {
      return difference < EPSILON * Double.MIN_NORMAL;
    }
    return difference / Math.min(sum, Double.MAX_VALUE) < EPSILON;
  }

  static boolean items(Script.Item expected, double value, @Nullable Histogram actual) {
    Histogram e = expected.histogram();
    if (e == null || actual == null) {
      return e == null && actual == null && floats(expected.value(), value);
    }
    return histograms(e, actual)
        && (!expected.hinted() || e.counterReset() == actual.counterReset());
  }

  private static boolean histograms(Histogram expected, Histogram actual) {
    Histogram a = new HistogramSum(expected).toHistogram();
    Histogram b = new HistogramSum(actual).toHistogram();
    return a.schema() == b.schema()
        && floats(a.count(), b.count())
        && floats(a.sum(), b.sum())
        && floats(a.zeroCount(), b.zeroCount())
        && a.zeroThreshold() == b.zeroThreshold()
        && (!a.usesCustomBuckets() || Arrays.equals(a.customValues(), b.customValues()))
        && a.positiveSpans().equals(b.positiveSpans())
        && a.negativeSpans().equals(b.negativeSpans())
        && all(a.positive(), b.positive())
        && all(a.negative(), b.negative());
  }

  private static boolean all(double[] a, double[] b) {
    if (a.length != b.length) {
      return false;
    }
    for (int i = 0; i < a.length; i++) {
      if (!floats(a[i], b[i])) {
        return false;
      }
    }
    return true;
  }
}
