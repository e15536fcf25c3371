package io.lamella.promql.exec.function;

import io.lamella.model.Histogram;
import io.lamella.promql.exec.DuplicateLabels;
import io.lamella.promql.exec.MetricNames;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import io.lamella.promql.exec.Steps;
import io.lamella.promql.exec.selector.RangeOperator;
import io.lamella.promql.exec.selector.RangeSeries;
import io.lamella.promql.exec.selector.ReferenceTimes;
import org.jspecify.annotations.Nullable;

/// Calls a range function for the window of each step. Windows slide: two indexes move over the
/// samples, nothing is copied.
public final class RangeFunctionOperator implements SeriesOperator {
  /// What happens to the metric name.
  public enum Naming {
    KEEPS,
    DROPS
  }

  private final QueryRun run;
  private final RangeOperator range;
  private final RangeFunction function;
  private final Steps steps;
  private final Naming naming;
  private final @Nullable DuplicateLabels duplicates;
  private final RangeSeries series = new RangeSeries();
  private final Window window = new Window();

  public RangeFunctionOperator(
      QueryRun run, RangeOperator range, RangeFunction function, Steps steps, Naming naming) {
    this.run = run;
    this.range = range;
    this.function = function;
    this.steps = steps;
    this.naming = naming;
    boolean checks = naming == Naming.DROPS && !run.delaysNames() && range.hasUniqueLabels();
    this.duplicates = checks ? new DuplicateLabels() : null;
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
      if (naming == Naming.DROPS) {
        MetricNames.drop(run, into);
      }
      if (duplicates != null) {
        duplicates.checkSeries(into);
      }
      return true;
    }
    return false;
  }

  private boolean slide(StepSeries into) {
    ReferenceTimes times = range.times();
    long width = range.widthMillis();
    long back = function.reachesBack();
    long ahead = function.reachesAhead();
    long[] ft = series.floatTimes();
    long[] ht = series.histogramTimes();
    int fn = series.floatCount();
    int hn = series.histogramCount();
    Window w = window;
    w.f0 = 0;
    w.f1 = 0;
    w.h0 = 0;
    w.h1 = 0;
    boolean any = false;
    long looked = 0;
    for (int i = 0; i < into.steps(); i++) {
      long end = times.at(i);
      long start = end - width;
      long from = start - back;
      long to = end + ahead;
      while (w.f0 < fn && ft[w.f0] <= from) {
        w.f0++;
      }
      w.f1 = Math.max(w.f1, w.f0);
      while (w.f1 < fn && ft[w.f1] <= to) {
        w.f1++;
      }
      if (hn > 0) {
        while (w.h0 < hn && ht[w.h0] <= from) {
          w.h0++;
        }
        w.h1 = Math.max(w.h1, w.h0);
        while (w.h1 < hn && ht[w.h1] <= to) {
          w.h1++;
        }
      }
      int samples = w.floats() + w.histograms();
      if (samples == 0) {
        continue;
      }
      run.tick(256 + samples);
      looked += samples;
      w.startMillis = start;
      w.endMillis = end;
      w.evalMillis = steps.time(i);
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
    run.looked(looked);
    return any;
  }

  @Override
  public boolean hasUniqueLabels() {
    return range.hasUniqueLabels()
        && (naming == Naming.KEEPS || duplicates != null || run.delaysNames());
  }
}
