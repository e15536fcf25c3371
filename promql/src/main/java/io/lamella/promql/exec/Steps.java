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
