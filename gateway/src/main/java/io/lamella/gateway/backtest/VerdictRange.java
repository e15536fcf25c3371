package io.lamella.gateway.backtest;

/// Numbers `[from, to)` of verdicts among all of a backtest, which are numbered from 0 in the order
/// in which they are told.
public record VerdictRange(long from, long to) {
  public VerdictRange {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("no range of verdicts: [" + from + ", " + to + ")");
    }
  }

  public long count() {
    return to - from;
  }
}
