package io.lamella.converter.merge;

/// The samples to merge: those of `[startMillis, endMillis)`, mostly a day.
public record MergeRange(long startMillis, long endMillis) {
  public MergeRange {
    if (endMillis <= startMillis) {
      throw new IllegalArgumentException(
          "cannot merge samples of [" + startMillis + ", " + endMillis + "): the range is empty");
    }
  }

  boolean contains(long timeMillis) {
    return timeMillis >= startMillis && timeMillis < endMillis;
  }

  /// True where a sample of the closed range `[minMillis, maxMillis]` may be in it.
  boolean overlaps(long minMillis, long maxMillis) {
    return minMillis < endMillis && maxMillis >= startMillis;
  }
}
