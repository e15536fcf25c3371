package io.lamella.promql.source;

/// The time windows of which a selector uses samples: each has the times in `(end - width, end]`,
/// with the ends `firstEnd`, `firstEnd + step`, …, `count` in all.
///
/// @param widthMillis of a range selector, or the lookback of an instant selector
/// @param stepMillis 0 where all windows are the same
public record Windows(long firstEndMillis, long stepMillis, int count, long widthMillis) {
  /// True where some window includes only a part of the times from `first` to `last`, both
  /// included.
  public boolean cut(long first, long last) {
    return hasEndWithin(first, last, 0) || hasEndWithin(first, last, widthMillis);
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
