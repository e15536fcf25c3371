package io.lamella.promql.exec.function;

import io.lamella.model.Histogram;
import io.lamella.model.HistogramBuckets;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.Annotations;

/// Quantiles and fractions of native histograms, interpolated inside buckets: linear in custom and
/// zero buckets, exponential else.
final class NativeQuantiles {
  private NativeQuantiles() {}

  static double quantile(
      double q, Histogram h, Annotations annotations, TextRange place, String metric) {
    if (q < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (q > 1) {
      return Double.POSITIVE_INFINITY;
    }
    if (h.count() == 0 || q != q) {
      return Double.NaN;
    }
    HistogramBuckets b = HistogramBuckets.of(h);
    boolean ascending = h.sum() != h.sum() || q < 0.5;
    double rank = ascending ? q * h.count() : (1 - q) * h.count();
    int at = -1;
    double seen = 0;
    for (int k = 0; k < b.size(); k++) {
      int i = ascending ? k : b.size() - 1 - k;
      if (b.count(i) == 0) {
        continue;
      }
      at = i;
      seen += b.count(i);
      if (seen >= rank) {
        break;
      }
    }
    if (at < 0) {
      // Nothing but NaN observations.
      nanObservations(h, annotations, place, metric, true);
      return Double.NaN;
    }
    double lower = b.lower(at);
    double upper = b.upper(at);
    if (!h.usesCustomBuckets() && lower < 0 && upper > 0) {
      if (!b.hasNegatives() && b.hasPositives()) {
        lower = 0;
      } else if (!b.hasPositives() && b.hasNegatives()) {
        upper = 0;
      }
    } else if (h.usesCustomBuckets()) {
      if (lower == Double.NEGATIVE_INFINITY) {
        if (upper <= 0) {
          return upper;
        }
        lower = 0;
      } else if (upper == Double.POSITIVE_INFINITY) {
        return lower;
      }
    } else {
      double threshold = h.zeroThreshold();
      if (lower >= 0 && lower < threshold && upper > threshold) {
        lower = threshold;
      } else if (upper <= 0 && upper > -threshold && lower < -threshold) {
        upper = -threshold;
      }
    }
    if (h.sum() != h.sum()) {
      double total = 0;
      for (int i = 0; i < b.size(); i++) {
        total += b.count(i);
      }
      if (total < h.count()) {
        boolean beyond = rank > total;
        nanObservations(h, annotations, place, metric, beyond);
        if (beyond) {
          return Double.NaN;
        }
      }
    }
    double inBucket = ascending ? rank - (seen - b.count(at)) : seen - rank;
    double fraction = inBucket / b.count(at);
    return between(h, b, at, lower, upper, fraction);
  }

  private static void nanObservations(
      Histogram h, Annotations annotations, TextRange place, String metric, boolean isNaN) {
    if (h.sum() == h.sum()) {
      return;
    }
    annotations.info(
        place,
        "input to histogram_quantile has NaN observations, result is "
            + (isNaN ? "NaN" : "skewed higher")
            + RangeFunctions.forMetric(metric));
  }

  private static double between(
      Histogram h, HistogramBuckets b, int i, double lower, double upper, double fraction) {
    if (h.usesCustomBuckets() || b.isZero(i)) {
      return lower + (upper - lower) * fraction;
    }
    double logLower = GoMath.log2(Math.abs(lower));
    double logUpper = GoMath.log2(Math.abs(upper));
    if (lower > 0 || lower == 0 && upper > 0) {
      return exp2(logLower + (logUpper - logLower) * fraction);
    }
    return -exp2(logUpper + (logLower - logUpper) * (1 - fraction));
  }

  static double exp2(double x) {
    return Math.pow(2, x);
  }

  static double fraction(
      double from,
      double to,
      Histogram h,
      Annotations annotations,
      TextRange place,
      String metric) {
    if (h.count() == 0 || from != from || to != to) {
      return Double.NaN;
    }
    if (from >= to) {
      return 0;
    }
    HistogramBuckets b = HistogramBuckets.of(h);
    if (h.sum() != h.sum()) {
      double total = 0;
      for (int i = 0; i < b.size(); i++) {
        total += b.count(i);
      }
      if (total < h.count()) {
        annotations.info(
            place,
            "input to histogram_fraction has NaN observations, which are excluded from all"
                + " fractions"
                + RangeFunctions.forMetric(metric));
      }
    }
    return (rank(to, h, b) - rank(from, h, b)) / h.count();
  }

  /// How many observations are estimated to lie below `v`.
  private static double rank(double v, Histogram h, HistogramBuckets b) {
    double below = 0;
    for (int i = 0; i < b.size(); i++) {
      double lower = b.lower(i);
      double upper = b.upper(i);
      if (b.isZero(i)) {
        if (!b.hasNegatives() && b.hasPositives()) {
          lower = 0;
        } else if (!b.hasPositives() && b.hasNegatives()) {
          upper = 0;
        }
      } else if (h.usesCustomBuckets()) {
        if (lower == Double.NEGATIVE_INFINITY && upper > 0) {
          lower = 0;
        }
      } else {
        double threshold = h.zeroThreshold();
        if (lower >= 0 && lower < threshold && upper > threshold) {
          lower = threshold;
        } else if (upper <= 0 && upper > -threshold && lower < -threshold) {
          upper = -threshold;
        }
      }
      if (v <= lower) {
        return below;
      }
      if (v >= upper) {
        below += b.count(i);
        continue;
      }
      return below + b.count(i) * share(v, lower, upper, h, b, i);
    }
    return below;
  }

  /// The part of a bucket that lies below `v`; a bucket of infinite width is not cut.
  private static double share(
      double v, double lower, double upper, Histogram h, HistogramBuckets b, int i) {
    if (Double.isInfinite(lower)) {
      return 1;
    }
    if (Double.isInfinite(upper)) {
      return 0;
    }
    if (h.usesCustomBuckets() || b.isZero(i)) {
      return (v - lower) / (upper - lower);
    }
    double logLower = GoMath.log2(Math.abs(lower));
    double logUpper = GoMath.log2(Math.abs(upper));
    double logV = GoMath.log2(Math.abs(v));
    return v > 0
        ? (logV - logLower) / (logUpper - logLower)
        : 1 - (logV - logUpper) / (logLower - logUpper);
  }
}
