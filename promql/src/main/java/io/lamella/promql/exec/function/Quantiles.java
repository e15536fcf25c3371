package io.lamella.promql.exec.function;

import java.util.Arrays;

/// The quantile of a set of numbers: sorted with NaN lowest, linear between ranks.
public final class Quantiles {
  private Quantiles() {}

  /// Sorts the first `n` values in place.
  public static double of(double q, double[] values, int n) {
    Arrays.sort(values, 0, n);
    return ofSorted(q, values, n);
  }

  /// The quantile of the first `n` values, which are in the order of [Arrays#sort(double[])].
  static double ofSorted(double q, double[] values, int n) {
    if (n == 0 || q != q) {
      return Double.NaN;
    }
    if (q < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (q > 1) {
      return Double.POSITIVE_INFINITY;
    }
    int nans = 0;
    while (nans < n && values[n - 1 - nans] != values[n - 1 - nans]) {
      nans++;
    }
    double rank = q * (n - 1);
    int lower = Math.max(0, (int) Math.floor(rank));
    int upper = Math.min(n - 1, lower + 1);
    double weight = rank - Math.floor(rank);
    return at(values, n, nans, lower) * (1 - weight) + at(values, n, nans, upper) * weight;
  }

  /// Java sorts NaN last; for quantiles it comes first.
  private static double at(double[] values, int n, int nans, int i) {
    return i < nans ? Double.NaN : values[i - nans];
  }
}
