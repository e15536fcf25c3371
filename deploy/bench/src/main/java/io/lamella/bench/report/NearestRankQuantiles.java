package io.lamella.bench.report;

import java.util.Arrays;
import java.util.Collection;

/// Quantiles by the nearest-rank method: always one of the measured values, never interpolated.
final class NearestRankQuantiles {
  private final double[] sorted;

  private NearestRankQuantiles(double[] sorted) {
    this.sorted = sorted;
  }

  static NearestRankQuantiles of(Collection<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return new NearestRankQuantiles(sorted);
  }

  /// The smallest value v such that at least this share of all values is ≤ v; 0 where there are no
  /// values.
  double at(double share) {
    if (sorted.length == 0) {
      return 0;
    }
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.clamp(rank - 1L, 0, sorted.length - 1)];
  }

  double max() {
    return at(1);
  }

  double min() {
    return at(0);
  }
}
