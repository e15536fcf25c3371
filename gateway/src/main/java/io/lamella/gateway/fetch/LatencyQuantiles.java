package io.lamella.gateway.fetch;

import java.util.Arrays;

/// Latencies of recent reads, by size class: a window of 128 each, the oldest overwritten. Up to 64
/// KiB the time to the first byte is nearly all; from there on a class spans a factor of four.
final class LatencyQuantiles {
  private static final int WINDOW = 128;

  /// A quantile needs at least so many latencies.
  static final int MIN_LATENCIES = 16;

  private static final long[] CLASSES = {64 << 10, 256 << 10, 1 << 20, Long.MAX_VALUE};

  private final long[][] latencies = new long[CLASSES.length][WINDOW];
  private final int[] counts = new int[CLASSES.length];

  static int sizeClass(long bytes) {
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

  /// The latencies in nanoseconds, ascending, of the size class nearest to `bytes` that has enough
  /// of them; empty where none has.
  synchronized long[] sorted(long bytes) {
    int own = sizeClass(bytes);
    for (int distance = 0; distance < CLASSES.length; distance++) {
      for (int c : new int[] {own - distance, own + distance}) {
        if (c >= 0 && c < CLASSES.length && counts[c] >= MIN_LATENCIES) {
          return sorted(c);
        }
      }
    }
    return new long[0];
  }

  private long[] sorted(int c) {
    long[] sorted = Arrays.copyOf(latencies[c], Math.min(counts[c], WINDOW));
    Arrays.sort(sorted);
    return sorted;
  }
}
