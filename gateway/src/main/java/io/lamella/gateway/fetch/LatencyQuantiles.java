package io.lamella.gateway.fetch;

import java.util.Arrays;
import java.util.OptionalLong;

/// Latencies of recent small reads, by size class: a window of 128 each, the oldest overwritten. A
/// size class spans a factor of four, as a read of 256 KiB takes longer than one of 4 KiB.
final class LatencyQuantiles {
  private static final int WINDOW = 128;

  /// A quantile needs at least so many latencies.
  static final int MIN_LATENCIES = 16;

  private static final long[] CLASSES = {4 << 10, 16 << 10, 64 << 10, 256 << 10, Long.MAX_VALUE};

  private final long[][] latencies = new long[CLASSES.length][WINDOW];
  private final int[] counts = new int[CLASSES.length];

  private static int sizeClass(long bytes) {
    int c = 0;
    while (bytes > CLASSES[c]) {
      c++;
    }
    return c;
  }

  synchronized void add(long bytes, long nanos) {
    int c = sizeClass(bytes);
    latencies[c][counts[c] % WINDOW] = nanos;
    // Once the window is full, the count stays between one and two windows and never overflows.
    counts[c] = counts[c] + 1 == 2 * WINDOW ? WINDOW : counts[c] + 1;
  }

  /// A quantile in nanoseconds, of the size class nearest to `bytes` that has enough latencies;
  /// empty where none has.
  ///
  /// @param q 0 to 1
  synchronized OptionalLong quantile(long bytes, double q) {
    int own = sizeClass(bytes);
    for (int distance = 0; distance < CLASSES.length; distance++) {
      for (int c : new int[] {own - distance, own + distance}) {
        if (c >= 0 && c < CLASSES.length && counts[c] >= MIN_LATENCIES) {
          return OptionalLong.of(quantile(c, q));
        }
      }
    }
    return OptionalLong.empty();
  }

  private long quantile(int c, double q) {
    int n = Math.min(counts[c], WINDOW);
    long[] sorted = Arrays.copyOf(latencies[c], n);
    Arrays.sort(sorted);
    return sorted[Math.min(n - 1, (int) (q * n))];
  }
}
