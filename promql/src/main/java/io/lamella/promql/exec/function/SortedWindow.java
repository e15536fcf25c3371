package io.lamella.promql.exec.function;

import java.util.Arrays;

/// The floats of a sliding window in ascending order, -0 before 0 and NaN last: as the window
/// moves, values that drop out are replaced by new ones.
final class SortedWindow {
  private static final int SHORT = 64;

  private double[] sorted = new double[64];

  /// The values of samples `[from, to)` are in the window.
  private int from;

  private int to;

  void startSeries() {
    from = 0;
    to = 0;
  }

  int size() {
    return to - from;
  }

  /// The values in order; longer than [#size]; not to be changed.
  double[] sorted() {
    return sorted;
  }

  /// Moves to the values in `[newFrom, newTo)`; both bounds may only grow within a series.
  void move(double[] values, int newFrom, int newTo) {
    int n = newTo - newFrom;
    if (sorted.length < n + 1) {
      sorted = Arrays.copyOf(sorted, n + (n >> 1) + 1);
    }
    if (newTo - to > n / 2) {
      System.arraycopy(values, newFrom, sorted, 0, n);
      Arrays.sort(sorted, 0, n);
      from = newFrom;
      to = newTo;
      return;
    }
    while (from < newFrom && to < newTo) {
      replace(values[from], values[to]);
      from++;
      to++;
    }
    while (from < newFrom) {
      remove(values[from]);
      from++;
    }
    while (to < newTo) {
      insert(values[to]);
      to++;
    }
  }

  private void replace(double old, double x) {
    int n = size();
    int out = place(old, n);
    int in = place(x, n);
    if (in > out) {
      in--;
      System.arraycopy(sorted, out + 1, sorted, out, in - out);
    } else {
      System.arraycopy(sorted, in, sorted, in + 1, out - in);
    }
    sorted[in] = x;
  }

  private void remove(double old) {
    int n = size();
    int out = place(old, n);
    System.arraycopy(sorted, out + 1, sorted, out, n - out - 1);
  }

  private void insert(double x) {
    int n = size();
    int in = place(x, n);
    System.arraycopy(sorted, in, sorted, in + 1, n - in);
    sorted[in] = x;
  }

  /// The position of a value among the first `n`, or its insertion point. In a short window
  /// counting is faster than binary search, whose branches are unpredictable.
  private int place(double x, int n) {
    if (n > SHORT || x == 0 || x != x) {
      int i = Arrays.binarySearch(sorted, 0, n, x);
      return i < 0 ? -i - 1 : i;
    }
    int less = 0;
    for (int i = 0; i < n; i++) {
      less += sorted[i] < x ? 1 : 0;
    }
    return less;
  }
}
