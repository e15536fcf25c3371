package io.lamella.storage.block;

import io.lamella.model.SampleColumns;
import io.lamella.model.Stale;

/// Statistics of some samples: their count, their first and last time, and the bounds of the
/// floats. Mutable: samples and other statistics can be added.
public final class ValueStatistics {
  /// Flag: some sample is a native histogram.
  public static final int HISTOGRAMS = 1;

  /// Flag: some sample is a staleness marker.
  public static final int STALE = 2;

  /// Flag: some float is NaN but not a staleness marker.
  public static final int NAN = 4;

  /// Flag: some float is the negative zero, which the bounds do not distinguish from zero.
  public static final int NEGATIVE_ZERO = 8;

  /// All flags together.
  public static final int ALL_FLAGS = 15;

  private long samples;
  private long firstMillis;
  private long lastMillis;
  private double min;
  private double max;
  private int flags;

  public ValueStatistics() {
    clear();
  }

  /// @param min of the floats except NaN; +Inf, and `max` -Inf, where there is none
  /// @param flags [#HISTOGRAMS], [#STALE], [#NAN], [#NEGATIVE_ZERO]
  public ValueStatistics(
      long samples, long firstMillis, long lastMillis, double min, double max, int flags) {
    this.samples = samples;
    this.firstMillis = firstMillis;
    this.lastMillis = lastMillis;
    this.min = min;
    this.max = max;
    this.flags = flags;
  }

  public void clear() {
    samples = 0;
    firstMillis = Long.MAX_VALUE;
    lastMillis = Long.MIN_VALUE;
    min = Double.POSITIVE_INFINITY;
    max = Double.NEGATIVE_INFINITY;
    flags = 0;
  }

  /// Adds samples `[from, end)`.
  public void add(SampleColumns s, int from, int end) {
    double[] values = s.values();
    for (int i = from; i < end; i++) {
      double v = values[i];
      if (s.hasHistograms() && s.histogramAt(i) != null) {
        flags |= HISTOGRAMS;
      } else if (v != v) {
        flags |= Stale.isStale(v) ? STALE : NAN;
      } else {
        if (v == 0 && Double.doubleToRawLongBits(v) != 0) {
          flags |= NEGATIVE_ZERO;
        }
        min = v < min ? v : min;
        max = v > max ? v : max;
      }
    }
    if (from < end) {
      samples += end - from;
      firstMillis = Math.min(firstMillis, s.times()[from]);
      lastMillis = Math.max(lastMillis, s.times()[end - 1]);
    }
  }

  public void add(ValueStatistics o) {
    samples += o.samples;
    firstMillis = Math.min(firstMillis, o.firstMillis);
    lastMillis = Math.max(lastMillis, o.lastMillis);
    min = Math.min(min, o.min);
    max = Math.max(max, o.max);
    flags |= o.flags;
  }

  public ValueStatistics copy() {
    return new ValueStatistics(samples, firstMillis, lastMillis, min, max, flags);
  }

  public long samples() {
    return samples;
  }

  public long firstMillis() {
    return firstMillis;
  }

  public long lastMillis() {
    return lastMillis;
  }

  public double min() {
    return min;
  }

  public double max() {
    return max;
  }

  public int flags() {
    return flags;
  }

  /// True where every sample is a float that is a number, and none is the negative zero.
  public boolean isNumbers() {
    return flags == 0;
  }

  /// True where no sample is a histogram or a staleness marker.
  public boolean isFloats() {
    return (flags & (HISTOGRAMS | STALE)) == 0;
  }
}
