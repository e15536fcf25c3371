package io.lamella.gateway.fetch;

import java.util.Arrays;

/// What hedging gains and costs, calculated from measured latencies: whether it pays, and from
/// which quantile of the latencies on.
///
/// A batch of reads takes as long as its slowest read. Let `F` be the distribution of latencies and
/// `k` the reads of the batch. Without hedging the batch is done at time `t` with probability
/// `F(t)^k`. With hedged requests sent at `d`, a read is done at `t > d` unless both of its
/// requests are not, so with probability `1 - (1 - F(t)) (1 - F(t - d))`. The difference of the two
/// means is the time saved; `k (1 - F(d))` requests are spent for it. A hedge of few reads gains
/// about as much per request at every quantile, a hedge of many reads far more at the late ones, as
/// the others are not the slowest.
///
/// The calculation takes both requests as independent. Where they are not, because all reads of an
/// object are slow for a while, hedges save less than calculated; the measured share of it is a
/// factor on the saved time.
final class HedgeGain {
  /// Quantiles to hedge from, early to late.
  private static final double[] QUANTILES = {0.1, 0.25, 0.5, 0.65, 0.8, 0.9, 0.95};

  /// The result where hedging does not pay at any quantile.
  static final double OFF = 1;

  private static final int STEPS = 64;

  private HedgeGain() {}

  /// The quantile that gains most, or [#OFF].
  ///
  /// @param latencies sorted, in nanoseconds
  /// @param reads of the batch
  /// @param trust measured saved time as a share of the calculated
  /// @param minSavingNanos time that a hedged request must save on average
  static double bestQuantile(long[] latencies, int reads, double trust, long minSavingNanos) {
    double best = OFF;
    double most = 0;
    double unhedged = meanOfSlowest(latencies, reads, Long.MAX_VALUE);
    for (double q : QUANTILES) {
      long delay = quantile(latencies, q);
      double saved = trust * (unhedged - meanOfSlowest(latencies, reads, delay));
      double spent = reads * (1 - at(latencies, delay));
      double gain = saved - spent * minSavingNanos;
      if (gain > most) {
        most = gain;
        best = q;
      }
    }
    return best;
  }

  static long quantile(long[] sorted, double q) {
    return sorted[Math.min(sorted.length - 1, (int) (q * sorted.length))];
  }

  /// The share of latencies up to a time.
  private static double at(long[] sorted, long time) {
    int i = Arrays.binarySearch(sorted, time);
    if (i < 0) {
      return (double) -(i + 1) / sorted.length;
    }
    while (i + 1 < sorted.length && sorted[i + 1] == time) {
      i++;
    }
    return (double) (i + 1) / sorted.length;
  }

  /// The integral of the probability that a batch is not done, over time.
  private static double meanOfSlowest(long[] sorted, int reads, long delay) {
    long end = sorted[sorted.length - 1];
    double step = (double) end / STEPS;
    double mean = 0;
    for (int i = 0; i < STEPS; i++) {
      long t = (long) ((i + 0.5) * step);
      double slow = 1 - at(sorted, t);
      if (t > delay) {
        slow *= 1 - at(sorted, t - delay);
      }
      mean += step * (1 - Math.pow(1 - slow, reads));
    }
    return mean;
  }

  /// The time that a hedged request saves on average where both requests are independent: of the
  /// reads that take longer than the delay, the first request less the delayed second one.
  static double meanSaving(long[] sorted, long delay) {
    int first = 0;
    while (first < sorted.length && sorted[first] <= delay) {
      first++;
    }
    if (first == sorted.length) {
      return 0;
    }
    double sum = 0;
    for (int i = first; i < sorted.length; i++) {
      for (long hedge : sorted) {
        sum += Math.max(0, sorted[i] - delay - hedge);
      }
    }
    return sum / (sorted.length - first) / sorted.length;
  }
}
