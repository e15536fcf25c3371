package io.lamella.promql.exec.function;

import io.lamella.model.HistogramResets;
import io.lamella.promql.exec.selector.RangeSeries;
import java.util.Arrays;

/// The samples of a counter series that do not follow from the one before: found once, as windows
/// slide over them, instead of once a window. They are few, so that what a window needs of them
/// costs next to nothing however long it is.
///
/// Windows `(from, to]` are asked for in order: both bounds may only grow within a series.
final class CounterResets {
  private int[] resets = new int[16];
  private int first;
  private int end;

  /// Samples before this index have been looked at.
  private int seen;

  void startSeries() {
    first = 0;
    end = 0;
    seen = 0;
  }

  /// A change plus the value before each drop in the window, one by one: the order decides the last
  /// digit.
  double plusDrops(double[] values, int from, int to, double change) {
    forget(from);
    int i = Math.max(seen, from + 1);
    if (i <= to) {
      // Often one sample more, which is not worth the setting up of a loop.
      if (values[i] < values[i - 1]) {
        add(i);
      }
      if (i < to) {
        findDrops(values, i + 1, to);
      }
      seen = to + 1;
    }
    return first == end ? change : plus(values, change);
  }

  private void findDrops(double[] values, int from, int to) {
    for (int i = from; i <= to; i++) {
      if (values[i] < values[i - 1]) {
        add(i);
      }
    }
  }

  private double plus(double[] values, double change) {
    double sum = change;
    for (int i = first; i < end; i++) {
      sum += values[resets[i] - 1];
    }
    return sum;
  }

  /// Looks for resets of a histogram in the window; [#count] and [#index] tell them.
  void look(RangeSeries series, int from, int to, boolean useStarts) {
    forget(from);
    for (int i = Math.max(seen, from + 1); i <= to; i++) {
      if (isReset(series, i, useStarts)) {
        add(i);
      }
    }
    seen = Math.max(seen, to + 1);
  }

  private static boolean isReset(RangeSeries s, int i, boolean useStarts) {
    if (useStarts
        && StartTimestampResets.isReset(
            s.histogramStart(i),
            s.histogramTimes()[i],
            s.histogramStart(i - 1),
            s.histogramTimes()[i - 1])) {
      return true;
    }
    return HistogramResets.isReset(s.histograms()[i], s.histograms()[i - 1]);
  }

  /// How many resets the last window had.
  int count() {
    return end - first;
  }

  /// The sample of the k-th reset.
  int index(int k) {
    return resets[first + k];
  }

  private void forget(int upTo) {
    while (first < end && resets[first] <= upTo) {
      first++;
    }
  }

  private void add(int i) {
    if (first == end) {
      first = 0;
      end = 0;
    } else if (end == resets.length) {
      resets = Arrays.copyOf(resets, end * 2);
    }
    resets[end++] = i;
  }
}
