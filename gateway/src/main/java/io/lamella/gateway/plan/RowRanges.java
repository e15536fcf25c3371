package io.lamella.gateway.plan;

import java.util.ArrayList;
import java.util.List;

/// Rows of a row group as disjoint, ascending, non-adjacent half-open ranges. Immutable.
public record RowRanges(List<RowRange> ranges) {
  public static final RowRanges NONE = new RowRanges(List.of());

  /// Rows `[start, end)`.
  public record RowRange(int start, int end) {
    public RowRange {
      if (start < 0 || end <= start) {
        throw new IllegalArgumentException(
            "cannot make a row range of [" + start + ", " + end + ")");
      }
    }
  }

  public RowRanges {
    ranges = List.copyOf(ranges);
    for (int i = 1; i < ranges.size(); i++) {
      if (ranges.get(i).start() <= ranges.get(i - 1).end()) {
        throw new IllegalArgumentException("cannot order row ranges " + ranges);
      }
    }
  }

  public static RowRanges all(int rows) {
    return new RowRanges(List.of(new RowRange(0, rows)));
  }

  public boolean isEmpty() {
    return ranges.isEmpty();
  }

  /// The number of rows.
  public int count() {
    return ranges.stream().mapToInt(r -> r.end() - r.start()).sum();
  }

  /// True where `[start, end)` holds one of the rows.
  public boolean overlaps(int start, int end) {
    for (RowRange r : ranges) {
      if (Math.max(r.start(), start) < Math.min(r.end(), end)) {
        return true;
      }
    }
    return false;
  }

  /// The rows that are in both; both stay as they are.
  public RowRanges intersect(RowRanges other) {
    List<RowRange> out = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < ranges.size() && j < other.ranges.size()) {
      RowRange a = ranges.get(i);
      RowRange b = other.ranges.get(j);
      int start = Math.max(a.start(), b.start());
      int end = Math.min(a.end(), b.end());
      if (start < end) {
        out.add(new RowRange(start, end));
      }
      if (a.end() < b.end()) {
        i++;
      } else {
        j++;
      }
    }
    return new RowRanges(out);
  }

  /// The rows that lie in `[start, end)`, counted from `start`.
  public RowRanges within(long start, long end) {
    Builder out = new Builder();
    for (RowRange r : ranges) {
      long from = Math.max(r.start(), start);
      long to = Math.min(r.end(), end);
      if (from < to) {
        out.add((int) (from - start), (int) (to - start));
      }
    }
    return out.build();
  }

  /// Collects ranges in ascending order of their starts; overlapping and adjacent ones are joined.
  static final class Builder {
    private final List<RowRange> out = new ArrayList<>();

    void add(int start, int end) {
      if (!out.isEmpty() && out.getLast().end() >= start) {
        RowRange last = out.removeLast();
        out.add(new RowRange(last.start(), Math.max(last.end(), end)));
      } else {
        out.add(new RowRange(start, end));
      }
    }

    RowRanges build() {
      return new RowRanges(out);
    }
  }
}
