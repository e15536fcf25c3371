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
    return w.histograms() > 0 ? histograms(w, h0) : floats(w, f0);
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

  private boolean histograms(SampleWindow w, int inside) {
    Histogram[] h = w.series.histograms();
    long[] t = w.series.histogramTimes();
    if (inside == w.h1 || smoothed && t[w.h0] > w.endMillis) {
      return false;
    }
    int base = inside > w.h0 ? inside - 1 : inside;
    int from = smoothed ? w.h0 : base;
    boolean anyGauge = false;
    boolean allGauges = true;
    for (int i = from; i < w.h1; i++) {
      if (h[i].usesCustomBuckets() != h[from].usesCustomBuckets()) {
        OverTime.mixedSchemas(annotations, place, w.metricName());
        return false;
      }
      boolean gauge = h[i].counterReset() == CounterReset.GAUGE;
      anyGauge |= gauge;
      allGauges &= gauge;
    }
    if (counter && anyGauge) {
      annotations.warn(
          place, "this native histogram metric is not a counter: " + GoQuote.quote(w.metricName()));
    }
    if (!counter && !allGauges) {
      annotations.warn(
          place, "this native histogram metric is not a gauge: " + GoQuote.quote(w.metricName()));
    }
    Histogram left;
    Histogram right;
    int start;
    int end;
    if (smoothed) {
      left = edge(h, t, w.h0, w.h1, w.startMillis);
      right = edge(h, t, w.h0, w.h1, w.endMillis);
      start = inside;
      end = firstInside(t, inside, w.h1, w.endMillis);
    } else {
      left = h[base];
      right = h[w.h1 - 1];
      start = base + 1;
      end = w.h1;
    }
    HistogramSum sum = HistogramSum.plain(right).subtract(left);
    if (sum.pollReconciled()) {
      reconciled("subtraction");
    }
    if (counter) {
      HistogramSum resets = null;
      Histogram previous = left;
      for (int i = start; i < end; i++) {
        if (i > start || !smoothed
            ? HistogramResets.isReset(h[i], previous)
            : dropped(h[i], previous)) {
          resets = plus(resets, previous);
        }
        previous = h[i];
      }
      if (smoothed && dropped(right, previous)) {
        resets = plus(resets, previous);
      }
      if (resets != null) {
        sum.add(resets.toHistogram());
        if (resets.pollReconciled()) {
          reconciled("addition");
        }
      }
    }
    if (sum.pollReconciled()) {
      reconciled("addition");
    }
    if (function == RangeVectorFunction.RATE) {
      sum.divide((w.endMillis - w.startMillis) / 1000.0);
    }
    return w.result(sum.hint(CounterReset.GAUGE).toHistogram());
  }

  private static HistogramSum plus(@Nullable HistogramSum sum, Histogram h) {
    return sum == null ? HistogramSum.plain(h) : sum.add(h);
  }

  /// Detects resets by content: hints are not valid next to an interpolated value.
  private static boolean dropped(Histogram current, Histogram previous) {
    return HistogramResets.isReset(current.withCounterReset(CounterReset.UNKNOWN), previous);
  }

  private Histogram edge(Histogram[] h, long[] t, int from, int to, long at) {
    int next = firstInside(t, from, to, at);
    if (next == from) {
      return h[from];
    }
    if (next == to || t[next - 1] == at) {
      return h[next - 1];
    }
    Histogram out = interpolate(h[next - 1], t[next - 1], h[next], t[next], at);
    return out == null ? h[next - 1] : out;
  }

  /// h1 + (h2 - h1) · f, a gauge; a counter that was reset in between starts again from 0. Null
  /// where the bucket layouts are incompatible.
  private @Nullable Histogram interpolate(
      Histogram a, long timeA, Histogram b, long timeB, long at) {
    double fraction = (double) (at - timeA) / (timeB - timeA);
    if (counter && HistogramResets.isReset(b, a)) {
      return HistogramSum.plain(b).scale(fraction).hint(CounterReset.GAUGE).toHistogram();
    }
    HistogramSum difference = HistogramSum.plain(b);
    if (!difference.fits(a)) {
      return null;
    }
    difference.subtract(a).scale(fraction);
    HistogramSum sum = HistogramSum.plain(a).add(difference.toHistogram());
    if (difference.reconciled()) {
      reconciled("subtraction");
    }
    if (sum.reconciled()) {
      reconciled("addition");
    }
    return sum.hint(CounterReset.GAUGE).toHistogram();
  }

  private void reconciled(String during) {
    annotations.info(place, "mismatched custom buckets were reconciled during " + during);
  }
}
