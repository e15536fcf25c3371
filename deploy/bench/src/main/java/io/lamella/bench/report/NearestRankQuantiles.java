package io.lamella.bench.report;

import java.util.Arrays;
import java.util.Collection;

/// NearestRankQuantiles by nearest rank: always a value that was measured, never one between two.
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

  /// The least value that at least this share of all does not exceed; 0 where there is none.
  double at(double share) {
    if (sorted.length == 0) {
      return 0;
    }
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.clamp(rank - 1L, 0, sorted.length - 1)];
  }

  double most() {
    return at(1);
  }

  double least() {
    return at(0);
  }
}
