package io.lamella.promql.exec.function;

import io.lamella.model.Histogram;
import io.lamella.model.HistogramResets;
import io.lamella.promql.exec.selector.RangeSeries;
import java.util.Arrays;

/// The counter resets of a series. They are found once while windows slide over the samples, not
/// once for each window, so that the cost of a window hardly depends on its length.
///
/// Windows `(from, to]` come in order: both bounds may only grow within a series.
final class CounterResets {
  private int[] resets = new int[16];
  private int first;
  private int end;

  /// Samples before this index were searched.
  private int searchedTo;

  void startSeries() {
    first = 0;
    end = 0;
    searchedTo = 0;
  }

  /// Adds the value before each drop in the window to a change, one by one: the last digit depends
  /// on the order.
  double plusDrops(double[] values, int from, int to, double change) {
    dropBefore(from);
    int i = Math.max(searchedTo, from + 1);
    if (i <= to) {
      // Often there is only one new sample, which is faster without a loop.
      if (values[i] < values[i - 1]) {
        add(i);
      }
      if (i < to) {
        findDrops(values, i + 1, to);
      }
      searchedTo = to + 1;
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

  /// Finds resets of a histogram in the window; [#count] and [#index] return them.
  void find(RangeSeries series, int from, int to, boolean useStarts) {
    dropBefore(from);
    for (int i = Math.max(searchedTo, from + 1); i <= to; i++) {
      if (isReset(series, i, series.histograms()[i - 1], useStarts)) {
        add(i);
      }
    }
    searchedTo = Math.max(searchedTo, to + 1);
  }

  /// True where sample `i` is a reset against a histogram in place of the sample before it.
  static boolean isReset(RangeSeries s, int i, Histogram previous, boolean useStarts) {
    if (useStarts
        && StartTimestampResets.isReset(
            s.histogramStart(i),
            s.histogramTimes()[i],
            s.histogramStart(i - 1),
            s.histogramTimes()[i - 1])) {
      return true;
    }
    return HistogramResets.isReset(s.histograms()[i], previous);
  }

  /// The number of resets in the last window.
  int count() {
    return end - first;
  }

  /// The index of the sample at the k-th reset.
  int index(int k) {
    return resets[first + k];
  }

  private void dropBefore(int upTo) {
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
