package io.lamella.promql.source;

import java.util.List;

/// The time windows of which a selector uses samples: each has the times in `(end - width, end]`.
///
/// @param runs the ends, ascending; at least one run
/// @param widthMillis of a range selector, or the lookback of an instant selector
public record Windows(List<Run> runs, long widthMillis) {
  /// The ends `firstEnd`, `firstEnd + step`, …, `count` in all.
  ///
  /// @param stepMillis 0 where all ends are the same
  public record Run(long firstEndMillis, long stepMillis, int count) {
    long lastEndMillis() {
      return firstEndMillis + Math.max(0, count - 1) * stepMillis;
    }

    /// True where an end, less `shift`, is at `first` or later but before `last`.
    private boolean hasEndWithin(long first, long last, long shift) {
      long from = first + shift - firstEndMillis;
      long to = last - 1 + shift - firstEndMillis;
      if (count == 0 || to < from || to < 0) {
        return false;
      }
      if (stepMillis == 0 || count == 1) {
        return from <= 0;
      }
      long number = Math.max(0, Math.ceilDiv(from, stepMillis));
      return number < count && number * stepMillis <= to;
    }
  }

  public Windows {
    runs = List.copyOf(runs);
  }

  public Windows(long firstEndMillis, long stepMillis, int count, long widthMillis) {
    this(List.of(new Run(firstEndMillis, stepMillis, count)), widthMillis);
  }

  /// True where some window includes only a part of the times from `first` to `last`, both
  /// included.
  public boolean cut(long first, long last) {
    for (int i = firstReaching(first); i < runs.size(); i++) {
      Run run = runs.get(i);
      if (run.firstEndMillis() - widthMillis > last) {
        return false;
      }
      if (run.hasEndWithin(first, last, 0) || run.hasEndWithin(first, last, widthMillis)) {
        return true;
      }
    }
    return false;
  }

  /// The first run with an end at a time or after it.
  private int firstReaching(long millis) {
    int from = 0;
    int to = runs.size();
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (runs.get(middle).lastEndMillis() < millis) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }
}
