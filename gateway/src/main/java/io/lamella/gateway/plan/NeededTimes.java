package io.lamella.gateway.plan;

import io.lamella.model.TimeRange;
import java.util.List;

/// The times of which samples are needed, for many questions about chunks: a range, or the parts of
/// it that are listed. Immutable.
public final class NeededTimes {
  /// No time before or after these is needed. Most chunks of a day lie outside of them.
  private final long first;

  private final long last;

  /// Parts, ascending and apart, at least one.
  private final long[] starts;

  private final long[] ends;

  private NeededTimes(TimeRange range, List<TimeRange> parts) {
    this.first = Math.max(range.startMillis(), parts.getFirst().startMillis());
    this.last = Math.min(range.endMillis(), parts.getLast().endMillis());
    this.starts = parts.stream().mapToLong(TimeRange::startMillis).toArray();
    this.ends = parts.stream().mapToLong(TimeRange::endMillis).toArray();
  }

  /// @param parts as [RowRequest#parts]
  static NeededTimes of(TimeRange range, List<TimeRange> parts) {
    return new NeededTimes(range, parts.isEmpty() ? List.of(range) : parts);
  }

  /// True where samples from `min` to `max` may be needed, both included.
  public boolean overlap(long min, long max) {
    if (min > last || max < first) {
      return false;
    }
    int next = partEndingFrom(min);
    return next < starts.length && starts[next] <= max;
  }

  /// A range with all times from `min` to `max` of which samples are needed.
  ///
  /// @param min of times for which [#overlap] is true, as `max`
  public TimeRange between(long min, long max) {
    int next = partEndingFrom(min);
    long start = Math.max(first, starts[next]);
    while (next + 1 < starts.length && starts[next + 1] <= max) {
      next++;
    }
    long end = Math.min(last, ends[next]);
    // A part may lie outside the range.
    return start <= end ? new TimeRange(start, end) : new TimeRange(min, max);
  }

  /// The index of the first part that ends at a time or later.
  private int partEndingFrom(long timeMillis) {
    int from = 0;
    int to = ends.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (ends[middle] < timeMillis) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }
}
