package io.lamella.promql.exec;

/// The moments at which an expression is evaluated: `start`, `start + step`, …, `count` of them.
public record Steps(long startMillis, long stepMillis, int count) {
  public static Steps once(long timeMillis) {
    return new Steps(timeMillis, 1, 1);
  }

  public long time(int i) {
    return startMillis + i * stepMillis;
  }

  public long last() {
    return time(count - 1);
  }
}
