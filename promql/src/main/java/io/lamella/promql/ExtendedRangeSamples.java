package io.lamella.promql;

import io.lamella.model.SampleColumns;
import io.lamella.promql.ast.RangeMode;
import io.lamella.promql.exec.selector.RangeSeries;

/// An anchored or smoothed range selector at the top of a query: the floats of the window, with
/// points at exactly its edges.
final class ExtendedRangeSamples {
  private ExtendedRangeSamples() {}

  static void write(
      RangeSeries s, long start, long end, RangeMode mode, long lookback, SampleColumns into) {
    boolean smoothed = mode == RangeMode.SMOOTHED;
    long until = smoothed ? end + lookback : end;
    for (int i = 0; i < s.histogramCount(); i++) {
      if (s.histogramTimes()[i] > start - lookback && s.histogramTimes()[i] <= until) {
        throw new QueryException.Execution(
            mode.text() + " modifier is not supported with histograms");
      }
    }
    long[] t = s.floatTimes();
    double[] v = s.floats();
    int from = 0;
    while (from < s.floatCount() && t[from] <= start - lookback) {
      from++;
    }
    int to = from;
    while (to < s.floatCount() && t[to] <= until) {
      to++;
    }
    int inside = from;
    while (inside < to && t[inside] <= start) {
      inside++;
    }
    int after = inside;
    while (after < to && t[after] <= end) {
      after++;
    }
    if (inside == to) {
      return;
    }
    into.add(start, smoothed ? at(t, v, from, to, start) : v[Math.max(from, inside - 1)]);
    for (int i = inside; i < after; i++) {
      if (t[i] < end) {
        into.add(t[i], v[i]);
      }
    }
    into.add(end, smoothed ? at(t, v, from, to, end) : v[after - 1]);
  }

  private static double at(long[] t, double[] v, int from, int to, long at) {
    int next = from;
    while (next < to && t[next] <= at) {
      next++;
    }
    if (next == from) {
      return v[from];
    }
    if (next == to || t[next - 1] == at) {
      return v[next - 1];
    }
    return v[next - 1] + (v[next] - v[next - 1]) * (at - t[next - 1]) / (t[next] - t[next - 1]);
  }
}
