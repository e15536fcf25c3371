package io.lamella.promql.exec.function;

import io.lamella.model.Histogram;
import io.lamella.promql.exec.MetricNames;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import io.lamella.promql.exec.Steps;
import io.lamella.promql.exec.selector.RangeOperator;
import io.lamella.promql.exec.selector.RangeSeries;
import io.lamella.promql.exec.selector.ReferenceTimes;
import io.lamella.promql.exec.selector.SubqueryOperator;

/// Calls a function for the window of each step. The window slides: two indexes move over the
/// samples, nothing is copied.
public final class RangeFunctionOperator implements SeriesOperator {
  /// Whether the metric name is kept or dropped.
  public enum Naming {
    KEEPS,
    DROPS
  }

  private final QueryRun run;
  private final RangeOperator range;
  private final WindowFunction function;
  private final Steps steps;
  private final Naming naming;
  private final RangeSeries series = new RangeSeries();
  private final SampleWindow window = new SampleWindow();

  public RangeFunctionOperator(
      QueryRun run, RangeOperator range, WindowFunction function, Steps steps, Naming naming) {
    this.run = run;
    this.range = range;
    this.function = function;
    this.steps = steps;
    this.naming = naming;
  }

  /// True where two series of different metrics may become equal, which is an error that
  /// [DistinctSeries] finds.
  public static boolean mayDuplicate(QueryRun run, RangeOperator range, Naming naming) {
    boolean mayDrop = naming == Naming.DROPS || range instanceof SubqueryOperator;
    return mayDrop && !run.delaysNames() && range.hasUniqueLabels();
  }

  @Override
  public boolean next(StepSeries into) {
    while (range.next(series)) {
      into.reset(series.labels());
      into.dropsName(series.dropsName());
      window.series = series;
      function.startSeries();
      if (!slide(into)) {
        continue;
      }
      if (naming == Naming.DROPS || series.dropsName()) {
        MetricNames.drop(run, into);
      }
      return true;
    }
    return false;
  }

  /// True where there is a result at some step.
  private boolean slide(StepSeries into) {
    if (function.slides(series)) {
      return function.slide(series, range.times(), range.widthMillis(), into);
    }
    SampleWindow w = window;
    w.f0 = 0;
    w.f1 = 0;
    w.h0 = 0;
    w.h1 = 0;
    long width = range.widthMillis();
    ReferenceTimes times = range.times();
    boolean any = false;
    long samplesRead = 0;
    for (int i = 0; i < into.steps(); i++) {
      long end = times.at(i);
      move(w, end - width - function.millisBefore(), end + function.millisAfter());
      int samples = w.floats() + w.histograms();
      if (samples > 0) {
        run.tick(256 + samples);
        samplesRead += samples;
        w.startMillis = end - width;
        w.endMillis = end;
        w.evalMillis = steps.time(i);
        w.step = i;
        if (function.apply(w)) {
          Histogram h = w.histogram;
          if (h == null) {
            into.set(i, w.value);
          } else {
            into.set(i, h);
          }
          any = true;
        }
      }
    }
    run.countSamples(samplesRead);
    return any;
  }

  /// Moves the window on to the samples in `(from, to]`.
  private void move(SampleWindow w, long from, long to) {
    long[] t = series.floatTimes();
    int n = series.floatCount();
    w.f0 = firstAfter(t, n, w.f0, from);
    w.f1 = firstAfter(t, n, Math.max(w.f1, w.f0), to);
    if (series.histogramCount() > 0) {
      t = series.histogramTimes();
      n = series.histogramCount();
      w.h0 = firstAfter(t, n, w.h0, from);
      w.h1 = firstAfter(t, n, Math.max(w.h1, w.h0), to);
    }
  }

  /// The first index from `from` on whose time is after a moment, else `n`. Often it is the next
  /// one, which is faster without a loop.
  static int firstAfter(long[] times, int n, int from, long millis) {
    if (from >= n || times[from] > millis) {
      return from;
    }
    int next = from + 1;
    return next >= n || times[next] > millis ? next : search(times, n, next, millis);
  }

  private static int search(long[] times, int n, int from, long millis) {
    int i = from;
    while (i < n && times[i] <= millis) {
      i++;
    }
    return i;
  }

  @Override
  public boolean hasUniqueLabels() {
    return range.hasUniqueLabels() && (naming == Naming.KEEPS || run.delaysNames());
  }
}
