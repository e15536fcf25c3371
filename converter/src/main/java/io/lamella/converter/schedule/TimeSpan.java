package io.lamella.converter.schedule;

/// A half-open time range: `endMillis` is the first instant after it.
public record TimeSpan(long startMillis, long endMillis) {
  public TimeSpan {
    if (endMillis < startMillis) {
      throw new IllegalArgumentException(
          "cannot use a time range from " + startMillis + " to " + endMillis);
    }
  }

  public boolean overlaps(TimeSpan other) {
    return startMillis < other.endMillis && endMillis > other.startMillis;
  }

  public boolean contains(TimeSpan other) {
    return startMillis <= other.startMillis && endMillis >= other.endMillis;
  }

  /// The common part of two ranges that overlap; where they do not, the given one.
  public TimeSpan narrowedBy(TimeSpan other) {
    return overlaps(other)
        ? new TimeSpan(
            Math.max(startMillis, other.startMillis), Math.min(endMillis, other.endMillis))
        : this;
  }

  /// The smallest range that holds both.
  public TimeSpan and(TimeSpan other) {
    return new TimeSpan(
        Math.min(startMillis, other.startMillis), Math.max(endMillis, other.endMillis));
  }

  /// The number of its first UTC day since the epoch.
  public long firstDay() {
    return Math.floorDiv(startMillis, Planner.DAY_MILLIS);
  }

  /// The number of its last UTC day; an empty range has the day of its start.
  public long lastDay() {
    return Math.floorDiv(Math.max(startMillis, endMillis - 1), Planner.DAY_MILLIS);
  }
}
