package io.lamella.converter.merge;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/// The memory for sorted runs of series. What exceeds it goes to files. Thread-safe.
final class RunMemory {
  /// Bytes of a series while its run is sorted: reference, place, scratch space and two key labels,
  /// rounded up.
  private static final int SORT_BYTES = 32;

  private static final int MIN_RUN_SERIES = 1 << 10;

  private final Path directory;
  private final long runSeries;
  private final AtomicLong left;

  /// @param directory for files; [SortedSeries#close] deletes them
  /// @param bytes of memory, half of it for runs that are being sorted, half for sorted ones
  /// @param threads that sort at the same time
  RunMemory(Path directory, long bytes, int threads) {
    this.directory = directory;
    this.runSeries = Math.max(MIN_RUN_SERIES, bytes / 2 / threads / SORT_BYTES);
    this.left = new AtomicLong(bytes / 2);
  }

  /// The maximum number of series of a run.
  long runSeries() {
    return Math.min(runSeries, 1 << 26);
  }

  /// Takes memory for a sorted run; false where there is not enough.
  boolean reserve(long bytes) {
    while (true) {
      long now = left.get();
      if (now < bytes) {
        return false;
      }
      if (left.compareAndSet(now, now - bytes)) {
        return true;
      }
    }
  }

  Path spillFile(int input, int run) {
    return directory.resolve("series-" + input + "-" + run + ".run");
  }
}
