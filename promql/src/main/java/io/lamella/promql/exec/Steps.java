package io.lamella.promql.exec;

/// The moments at which an expression is evaluated: `start`, `start + step`, …, `count` of them.
///
/// @param isRange false for a single moment by its nature, as that of an instant query; a range may
///   hold one moment, too, but is not ordered by value
public record Steps(long startMillis, long stepMillis, int count, boolean isRange) {
  public static Steps once(long timeMillis) {
    return new Steps(timeMillis, 1, 1, false);
  }

  /// The moments from start to end, which need not be one of them.
  public static Steps range(long startMillis, long endMillis, long stepMillis) {
    int count =
        startMillis > endMillis ? 0 : Math.toIntExact((endMillis - startMillis) / stepMillis + 1);
    return new Steps(startMillis, stepMillis, count, startMillis != endMillis);
  }

  public long time(int i) {
    return startMillis + i * stepMillis;
  }

  public long last() {
    return time(count - 1);
  }
}
