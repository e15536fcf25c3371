package io.lamella.promql.exec;

/// The times at which an expression is evaluated: `start`, `start + step`, …, `count` in all.
///
/// @param isRange false where there is a single time, as in an instant query; only there sorting
///   functions have an effect
public record Steps(long startMillis, long stepMillis, int count, boolean isRange) {
  public static Steps once(long timeMillis) {
    return new Steps(timeMillis, 1, 1, false);
  }

  /// The steps from start to end; the end itself need not be a step.
  public static Steps range(long startMillis, long endMillis, long stepMillis) {
    int count = Math.toIntExact(count(startMillis, endMillis, stepMillis));
    return new Steps(startMillis, stepMillis, count, startMillis != endMillis);
  }

  /// The number of steps from start to end, at most [Long#MAX_VALUE].
  static long count(long startMillis, long endMillis, long stepMillis) {
    if (startMillis > endMillis) {
      return 0;
    }
    // The distance may be too large for a sign.
    long intervals = Long.divideUnsigned(endMillis - startMillis, stepMillis);
    return intervals < 0 || intervals == Long.MAX_VALUE ? Long.MAX_VALUE : intervals + 1;
  }

  public long time(int i) {
    return startMillis + i * stepMillis;
  }

  public long last() {
    return time(count - 1);
  }
}
