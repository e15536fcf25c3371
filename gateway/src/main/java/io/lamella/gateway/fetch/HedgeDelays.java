package io.lamella.gateway.fetch;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/// When to hedge a read: after the quantile of recent latencies of its size that gains most
/// ([HedgeGain]), or not at all.
///
/// Where hedges save too little they stop. Then one read in a hundred, a slow one, is hedged all
/// the same, so that it is measured when they pay again. Until some hedges were measured, one read
/// in five is: a few latencies do not show how long the slowest are.
final class HedgeDelays {
  /// Latencies between two calculations.
  private static final int CALCULATE_EVERY = 32;

  /// Of the reads slower than this quantile, one in [#PROBE_EVERY] is hedged to measure the gain.
  static final double PROBE_QUANTILE = 0.95;

  static final int PROBE_EVERY = 5;

  /// Hedged requests after which the calculated and the measured gain decide.
  static final int ENOUGH_MEASURED = 16;

  /// Until then all reads slower than this quantile are hedged.
  private static final double TRIAL_QUANTILE = 0.8;

  /// Weight of the newest hedged request in the measured share of the calculated gain.
  private static final double NEWEST = 0.03;

  private static final double MAX_TRUST = 1.25;

  private final LatencyQuantiles latencies = new LatencyQuantiles();
  private final double earliestQuantile;
  private final long minSavingNanos;
  private final Map<Integer, Double> best = new HashMap<>();
  private int measuredSince;
  private int offReads;

  // Both begin as if hedged requests had saved what was calculated.
  private double calculated;
  private double saved;
  private int measured;

  /// @param earliestQuantile no read is hedged before this quantile
  /// @param minSavingNanos that a hedged request must save on average
  HedgeDelays(double earliestQuantile, long minSavingNanos) {
    this.earliestQuantile = earliestQuantile;
    this.minSavingNanos = minSavingNanos;
    this.calculated = minSavingNanos;
    this.saved = minSavingNanos;
  }

  /// The delay of a hedged request, with what it is calculated to save; empty where the read is not
  /// hedged.
  ///
  /// @param reads of the same batch
  synchronized OptionalLong delay(long bytes, int reads) {
    long[] sorted = latencies.sorted(bytes);
    if (sorted.length == 0) {
      return OptionalLong.empty();
    }
    int size = Integer.highestOneBit(Math.clamp(reads, 1, 64));
    int key = LatencyQuantiles.sizeClass(bytes) * 128 + size;
    double q =
        best.computeIfAbsent(
            key, _ -> HedgeGain.bestQuantile(sorted, size, trust(), minSavingNanos));
    if (measured < ENOUGH_MEASURED) {
      q = Math.min(q, TRIAL_QUANTILE);
    } else if (q == HedgeGain.OFF) {
      offReads++;
      if (offReads % PROBE_EVERY != 0) {
        return OptionalLong.empty();
      }
      q = PROBE_QUANTILE;
    }
    return OptionalLong.of(HedgeGain.quantile(sorted, Math.max(q, earliestQuantile)));
  }

  /// The time that a hedged request with this delay is calculated to save.
  synchronized double calculatedSaving(long bytes, long delayNanos) {
    return HedgeGain.meanSaving(latencies.sorted(bytes), delayNanos);
  }

  /// Records the latency of a first request.
  synchronized void add(long bytes, long nanos) {
    latencies.add(bytes, nanos);
    measuredSince++;
    if (measuredSince >= CALCULATE_EVERY) {
      measuredSince = 0;
      best.clear();
    }
  }

  /// Records what a hedged request has saved.
  synchronized void saved(double calculatedNanos, long savedNanos) {
    measured = Math.min(measured + 1, ENOUGH_MEASURED);
    calculated += NEWEST * (calculatedNanos - calculated);
    saved += NEWEST * (savedNanos - saved);
  }

  /// The measured share of the calculated gain.
  synchronized double trust() {
    return calculated <= 0 ? 1 : Math.min(MAX_TRUST, saved / calculated);
  }

  /// The quantile from which single reads of this size are hedged; 1 where they are not.
  synchronized double quantile(long bytes) {
    long[] sorted = latencies.sorted(bytes);
    return sorted.length == 0
        ? HedgeGain.OFF
        : Math.max(earliestQuantile, HedgeGain.bestQuantile(sorted, 1, trust(), minSavingNanos));
  }
}
