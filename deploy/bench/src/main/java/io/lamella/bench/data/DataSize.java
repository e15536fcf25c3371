package io.lamella.bench.data;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// How much data to generate: data centers, days, metric families, and the time ranges of blocks.
///
/// @param labelNames distinct label names in the block of edge cases
public record DataSize(
    String name, int dataCenters, int days, boolean allFamilies, int labelNames) {
  /// Start of the fleet's data, 2025-06-01T00:00:00Z; the edge cases lie in the two hours before.
  public static final long EPOCH_MILLIS = 1_748_736_000_000L;

  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long DAY = Duration.ofDays(1).toMillis();

  private static final List<DataSize> ALL =
      List.of(
          new DataSize("smoke", 8, 2, true, 400),
          new DataSize("S", 100, 2, true, 34_000),
          new DataSize("M", 100, 30, true, 34_000),
          new DataSize("L", 100, 180, false, 400));

  /// @throws IllegalArgumentException for a name that no size has
  public static DataSize of(String name) {
    return ALL.stream()
        .filter(s -> s.name.equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "cannot generate size \""
                    + name
                    + "\": expected "
                    + String.join(", ", ALL.stream().map(DataSize::name).toList())));
  }

  public long startMillis() {
    return EPOCH_MILLIS;
  }

  public long endMillis() {
    return EPOCH_MILLIS + days * DAY;
  }

  public long edgeCaseStartMillis() {
    return EPOCH_MILLIS - 2 * HOUR;
  }

  /// A block's half-open time range and its compaction level.
  record BlockRange(long fromMillis, long endMillis, int level) {}

  /// The time ranges of blocks after compaction: 14 days each, then 2 days each, and 2 hours each
  /// for the last six hours.
  List<BlockRange> blockRanges() {
    long end = endMillis();
    long uncompacted = end - 6 * HOUR;
    BlockRange[] out = new BlockRange[days + 3];
    int n = 0;
    for (long at = EPOCH_MILLIS; at < end; ) {
      long length =
          uncompacted - at >= 14 * DAY
              ? 14 * DAY
              : at >= uncompacted ? 2 * HOUR : Math.min(2 * DAY, uncompacted - at);
      out[n++] = new BlockRange(at, at + length, length > 2 * DAY ? 4 : length > 2 * HOUR ? 3 : 1);
      at += length;
    }
    return List.of(Arrays.copyOf(out, n));
  }

  @Override
  public String toString() {
    return name.toLowerCase(Locale.ROOT);
  }
}
