package io.lamella.promql.exec.function;

import java.util.Arrays;

/// The samples of a series that are smaller than the one before: found once, as windows slide over
/// them, instead of once a window. Drops are few, so that what a window needs of them costs next to
/// nothing however long it is.
final class CounterDrops {
  private int[] drops = new int[16];
  private int first;
  private int end;

  /// Samples before this index have been looked at.
  private int seen;

  void startSeries() {
    first = 0;
    end = 0;
    seen = 0;
  }

  /// A change plus the value before each drop in `(from, to]`, one by one: the order decides the
  /// last digit. Both bounds may only grow within a series.
  double plus(double[] values, int from, int to, double change) {
    look(values, from, to);
    double sum = change;
    for (int i = first; i < end; i++) {
      sum += values[drops[i] - 1];
    }
    return sum;
  }

  private void look(double[] values, int from, int to) {
    while (first < end && drops[first] <= from) {
      first++;
    }
    for (int i = Math.max(seen, from + 1); i <= to; i++) {
      if (values[i] < values[i - 1]) {
        add(i);
      }
    }
    seen = Math.max(seen, to + 1);
  }

  private void add(int i) {
    if (first == end) {
      first = 0;
      end = 0;
    } else if (end == drops.length) {
      drops = Arrays.copyOf(drops, end * 2);
    }
    drops[end++] = i;
  }
}
