package io.lamella.model;

/// A closed range of time `[start, end]` in milliseconds since the epoch.
public record TimeRange(long startMillis, long endMillis) {
  public static final TimeRange ALL = new TimeRange(Long.MIN_VALUE, Long.MAX_VALUE);

  public TimeRange {
    if (endMillis < startMillis) {
      throw new IllegalArgumentException(
          "cannot make a time range: end " + endMillis + " before start " + startMillis);
    }
  }

  /// True where the ranges share an instant.
  public boolean overlaps(TimeRange other) {
    return startMillis <= other.endMillis && other.startMillis <= endMillis;
  }

  public boolean contains(long timeMillis) {
    return startMillis <= timeMillis && timeMillis <= endMillis;
  }

  /// The smallest range that holds both.
  public TimeRange union(TimeRange other) {
    return new TimeRange(
        Math.min(startMillis, other.startMillis), Math.max(endMillis, other.endMillis));
  }
}
