package io.lamella.promql.exec.function;

import io.lamella.model.Histogram;
import io.lamella.model.HistogramBuckets;
import io.lamella.model.Logarithms;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.Annotations;

/// Quantiles and fractions of native histograms, interpolated inside buckets: linear in custom and
/// zero buckets, else exponential.
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
    boolean hasNaNSum = h.sum() != h.sum();
    boolean ascending = hasNaNSum || q < 0.5;
    double rank = ascending ? q * h.count() : (1 - q) * h.count();
    int at = -1;
    int visited = 0;
    double seen = 0;
    while (visited < b.size()) {
      at = ascending ? visited : b.size() - 1 - visited;
      visited++;
      seen += b.count(at);
      if (b.count(at) != 0 && seen >= rank) {
        break;
      }
    }
    double lower = at < 0 ? 0 : b.lower(at);
    double upper = at < 0 ? 0 : b.upper(at);
    if (at >= 0 && b.isZero(at) && upper > 0) {
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
    }
    if (seen > h.count()) {
      seen = h.count();
    }
    if (seen < rank) {
      if (hasNaNSum) {
        nanObservations(annotations, place, "NaN", metric);
        return Double.NaN;
      }
      return upper;
    }
    double inBucket = ascending ? rank - (seen - (at < 0 ? 0 : b.count(at))) : seen - rank;
    if (hasNaNSum) {
      // Prometheus counts the remaining buckets and continues with the last one that it counted.
      for (; visited < b.size(); visited++) {
        at = visited;
        lower = b.lower(at);
        upper = b.upper(at);
        seen += b.count(at);
      }
      if (seen < h.count()) {
        nanObservations(annotations, place, "skewed higher", metric);
      }
    }
    return between(h, lower, upper, inBucket / (at < 0 ? 0 : b.count(at)));
  }

  private static void nanObservations(
      Annotations annotations, TextRange place, String result, String metric) {
    annotations.info(
        place,
        "input to histogram_quantile has NaN observations, result is "
            + result
            + RangeFunctions.forMetric(metric));
  }

  private static double between(Histogram h, double lower, double upper, double fraction) {
    if (h.usesCustomBuckets() || lower <= 0 && upper >= 0) {
      return lower + (upper - lower) * fraction;
    }
    double logLower = Logarithms.log2(Math.abs(lower));
    double logUpper = Logarithms.log2(Math.abs(upper));
    if (lower > 0) {
      return Logarithms.exp2(logLower + (logUpper - logLower) * fraction);
    }
    return -Logarithms.exp2(logUpper + (logLower - logUpper) * (1 - fraction));
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
    double count = h.count();
    if (h.sum() != h.sum()) {
      count = 0;
      for (int i = 0; i < b.size(); i++) {
        count += b.count(i);
      }
      if (count < h.count()) {
        annotations.info(
            place,
            "input to histogram_fraction has NaN observations, which are excluded from all"
                + " fractions"
                + RangeFunctions.forMetric(metric));
      }
    }
    return (rank(to, h, b, count) - rank(from, h, b, count)) / h.count();
  }

  /// The estimated number of the `count` observations below `v`.
  private static double rank(double v, Histogram h, HistogramBuckets b, double count) {
    double below = 0;
    for (int i = 0; i < b.size(); i++) {
      double lower = b.lower(i);
      double upper = b.upper(i);
      boolean aroundZero = lower <= 0 && upper >= 0;
      if (aroundZero) {
        if (!b.hasNegatives() && b.hasPositives()) {
          lower = 0;
        } else if (!b.hasPositives() && b.hasNegatives()) {
          upper = 0;
        }
      }
      if (lower >= v) {
        return below > count ? count : below;
      }
      if (upper > v) {
        double rank = below + b.count(i) * share(v, lower, upper, aroundZero, h);
        return rank > count ? count : rank;
      }
      below += b.count(i);
    }
    return count;
  }

  /// The share of a bucket below `v`; a bucket of infinite width is not split.
  private static double share(
      double v, double lower, double upper, boolean aroundZero, Histogram h) {
    if (h.usesCustomBuckets() || aroundZero) {
      return Double.isInfinite(lower) ? 1 : (v - lower) / (upper - lower);
    }
    double logLower = Logarithms.log2(Math.abs(lower));
    double logUpper = Logarithms.log2(Math.abs(upper));
    double logV = Logarithms.log2(Math.abs(v));
    return v > 0
        ? (logV - logLower) / (logUpper - logLower)
        : 1 - (logV - logUpper) / (logLower - logUpper);
  }
}
