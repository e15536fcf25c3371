package io.lamella.promql.exec.function;

import io.lamella.model.CounterReset;
import io.lamella.model.GoQuote;
import io.lamella.model.Histogram;
import io.lamella.model.HistogramResets;
import io.lamella.model.HistogramSum;
import io.lamella.promql.ast.RangeMode;
import io.lamella.promql.ast.RangeVectorFunction;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.Annotations;
import io.lamella.promql.exec.QueryRun;
import org.jspecify.annotations.Nullable;

/// `rate`, `increase`, `delta`, `resets`, `changes` over anchored and smoothed ranges: computed
/// from the values at the edges of the window, without extrapolation.
///
/// Anchored takes the newest sample before the window as its left edge; smoothed interpolates at
/// both edges.
final class ExtendedRange implements WindowFunction {
  private final RangeVectorFunction function;
  private final boolean smoothed;
  private final boolean counter;
  private final long lookback;
  private final TextRange place;
  private final Annotations annotations;
  private final Rates.CounterNames names;
  private final Changes changes;

  ExtendedRange(QueryRun run, RangeVectorFunction function, RangeMode mode, TextRange place) {
    this.function = function;
    this.smoothed = mode == RangeMode.SMOOTHED;
    this.counter = function == RangeVectorFunction.RATE || function == RangeVectorFunction.INCREASE;
    this.lookback = run.settings().lookbackMillis();
    this.place = place;
    this.annotations = run.annotations();
    this.names = new Rates.CounterNames(run, place);
    this.changes = new Changes(run, place, function == RangeVectorFunction.RESETS);
  }

  @Override
  public long millisBefore() {
    return lookback;
  }

  @Override
  public long millisAfter() {
    return smoothed ? lookback : 0;
  }

  @Override
  public void startSeries() {
    names.startSeries();
  }

  @Override
  public boolean apply(SampleWindow w) {
    int f0 = firstInside(w.series.floatTimes(), w.f0, w.f1, w.startMillis);
    int h0 = firstInside(w.series.histogramTimes(), w.h0, w.h1, w.startMillis);
    if (function == RangeVectorFunction.RESETS || function == RangeVectorFunction.CHANGES) {
      return countChanges(w, f0, h0);
    }
    if (w.floats() > 0 && w.histograms() > 0) {
      OverTime.mixed(annotations, place, w);
      return false;
    }
    return w.histograms() > 0 ? histograms(w) : floats(w, f0);
  }

  /// Index of the first sample after `millis`.
  private static int firstInside(long[] times, int from, int to, long millis) {
    int i = from;
    while (i < to && times[i] <= millis) {
      i++;
    }
    return i;
  }

  private boolean countChanges(SampleWindow w, int f0, int h0) {
    if (f0 == w.f1 && h0 == w.h1) {
      return false;
    }
    // The baseline is the newest sample before the window, of either type.
    long lastFloat = f0 > w.f0 ? w.series.floatTimes()[f0 - 1] : Long.MIN_VALUE;
    long lastHistogram = h0 > w.h0 ? w.series.histogramTimes()[h0 - 1] : Long.MIN_VALUE;
    int f = lastFloat > lastHistogram ? f0 - 1 : f0;
    int h = lastHistogram > lastFloat ? h0 - 1 : h0;
    return w.result(changes.count(w, f, w.f1, h, w.h1));
  }

  private boolean floats(SampleWindow w, int inside) {
    if (inside == w.f1) {
      return false;
    }
    double[] v = w.series.floats();
    long[] t = w.series.floatTimes();
    double left;
    double right;
    int from;
    int to;
    if (smoothed) {
      if (t[w.f0] > w.endMillis) {
        return false;
      }
      left = edge(v, t, w.f0, w.f1, w.startMillis);
      right = edge(v, t, w.f0, w.f1, w.endMillis);
      from = inside;
      to = firstInside(t, inside, w.f1, w.endMillis);
    } else {
      int base = inside > w.f0 ? inside - 1 : inside;
      left = v[base];
      right = v[w.f1 - 1];
      from = base + 1;
      to = w.f1;
    }
    double result = right - left;
    if (counter) {
      double previous = left;
      double resets = 0;
      for (int i = from; i < to; i++) {
        if (v[i] < previous) {
          resets += previous;
        }
        previous = v[i];
      }
      if (right < previous) {
        resets += previous;
      }
      result += resets;
      names.check(w.series.labels());
    }
    return w.result(perSecond(w, result));
  }

  private double perSecond(SampleWindow w, double result) {
    return function == RangeVectorFunction.RATE
        ? result / ((w.endMillis - w.startMillis) / 1000.0)
        : result;
  }

  /// The value at a time: interpolated between its neighbours, or that of the nearest sample.
  private double edge(double[] v, long[] t, int from, int to, long at) {
    int next = firstInside(t, from, to, at);
    if (next == from) {
      return v[from];
    }
    if (next == to || t[next - 1] == at) {
      return v[next - 1];
    }
    return interpolate(v[next - 1], t[next - 1], v[next], t[next], at, counter);
  }

  /// Linear between two samples; a counter that dropped starts again from 0.
  private static double interpolate(
      double a, long timeA, double b, long timeB, long at, boolean isCounter) {
    double from = isCounter && b < a ? 0 : a;
    return from + (b - from) * (at - timeA) / (timeB - timeA);
  }

  private boolean histograms(SampleWindow w) {
    Histogram[] h = w.series.histograms();
    long[] t = w.series.histogramTimes();
    int first = Math.max(w.h0, firstInside(t, w.h0, w.h1 - 1, w.startMillis) - 1);
    int last = smoothed ? firstInside(t, w.h0, w.h1 - 1, w.endMillis - 1) : w.h1 - 1;
    if (t[last] <= w.startMillis || smoothed && t[first] > w.endMillis) {
      return false;
    }
    for (int i = first; i <= last; i++) {
      if (h[i].usesCustomBuckets() != h[first].usesCustomBuckets()) {
        OverTime.mixedSchemas(annotations, place, w.metricName());
        return false;
      }
      if (counter && isGauge(h[i])) {
        annotations.warn(
            place,
            "this native histogram metric is not a counter: " + GoQuote.quote(w.metricName()));
      }
    }
    Histogram left =
        smoothed && t[first] < w.startMillis
            ? interpolate(h[first], t[first], h[first + 1], t[first + 1], w.startMillis)
            : h[first];
    Histogram right =
        smoothed && last > w.h0 && t[last] > w.endMillis
            ? interpolate(h[last - 1], t[last - 1], h[last], t[last], w.endMillis)
            : h[last];
    if (!counter && !(isGauge(left) && isGauge(right))) {
      annotations.warn(
          place, "this native histogram metric is not a gauge: " + GoQuote.quote(w.metricName()));
    }
    HistogramSum sum = HistogramSum.plain(right).subtract(left);
    informIfReconciled(sum, "subtraction");
    if (counter) {
      int from = first + 1;
      Histogram previous = left;
      if (smoothed && t[first] < w.startMillis && isReset(h[first + 1], h[first])) {
        // The left edge already starts after this reset.
        previous = h[first + 1];
        from++;
      }
      HistogramSum resets = from > last ? null : resets(h, from, last, previous, right);
      if (resets != null) {
        sum.add(resets.toWholeHistogram());
        informIfReconciled(sum, "addition");
      }
    }
    if (function == RangeVectorFunction.RATE) {
      sum.divide((w.endMillis - w.startMillis) / 1000.0);
    }
    return w.result(sum.hint(CounterReset.GAUGE).toHistogram());
  }

  /// The values before the resets from `previous` over the samples `from` to `last - 1` to the
  /// right edge; null for none. Resets are found by hints, too: an interpolated histogram has the
  /// hint of the later sample.
  private @Nullable HistogramSum resets(
      Histogram[] h, int from, int last, Histogram previous, Histogram right) {
    HistogramSum resets = null;
    Histogram before = previous;
    for (int i = from; i <= last; i++) {
      Histogram now = i == last ? right : h[i];
      if (isReset(now, before)) {
        if (resets == null) {
          resets = HistogramSum.plain(before);
        } else {
          resets.add(before);
          informIfReconciled(resets, "addition");
        }
      }
      before = now;
    }
    return resets;
  }

  private static boolean isReset(Histogram current, Histogram previous) {
    return HistogramResets.isReset(current, previous);
  }

  private static boolean isGauge(Histogram h) {
    return h.counterReset() == CounterReset.GAUGE;
  }

  /// a + (b - a) · f; a counter that was reset in between starts again from 0.
  private Histogram interpolate(Histogram a, long timeA, Histogram b, long timeB, long at) {
    if (at == timeA) {
      return a;
    }
    if (at == timeB) {
      return b;
    }
    double fraction = (double) (at - timeA) / (timeB - timeA);
    if (counter && isReset(b, a)) {
      return HistogramSum.plain(b).scale(fraction).toWholeHistogram();
    }
    HistogramSum out = HistogramSum.plain(b).subtract(a);
    informIfReconciled(out, "subtraction");
    out.scale(fraction).add(a);
    informIfReconciled(out, "addition");
    CounterReset hint = b.counterReset().with(a.counterReset()).with(a.counterReset());
    return out.hint(hint).toWholeHistogram();
  }

  private void informIfReconciled(HistogramSum sum, String during) {
    if (sum.pollReconciled()) {
      annotations.info(place, "mismatched custom buckets were reconciled during " + during);
    }
  }
}
