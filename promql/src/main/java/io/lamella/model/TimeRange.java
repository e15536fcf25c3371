package io.lamella.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

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

  /// The ranges of two lists in one: those that overlap or touch become one.
  ///
  /// @param a ascending and apart, as `b`
  public static List<TimeRange> merged(List<TimeRange> a, List<TimeRange> b) {
    List<TimeRange> all = new ArrayList<>(a);
    all.addAll(b);
    all.sort(Comparator.comparingLong(TimeRange::startMillis));
    List<TimeRange> out = new ArrayList<>();
    for (TimeRange r : all) {
      TimeRange last = out.isEmpty() ? null : out.getLast();
      if (last != null && r.startMillis <= last.endMillis + 1) {
        out.set(out.size() - 1, last.union(r));
      } else {
        out.add(r);
      }
    }
    return out;
  }
}
