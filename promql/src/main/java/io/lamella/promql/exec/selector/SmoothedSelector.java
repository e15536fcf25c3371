package io.lamella.promql.exec.selector;

import io.lamella.model.CounterReset;
import io.lamella.model.GoQuote;
import io.lamella.model.Histogram;
import io.lamella.model.HistogramResets;
import io.lamella.model.HistogramSum;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import org.jspecify.annotations.Nullable;

/// A smoothed instant selector: the value at each step is interpolated between the samples around
/// it, within the lookback on each side. Floats are interpolated as gauges, histograms as counters
/// unless both are gauges.
public final class SmoothedSelector implements SeriesOperator {
  private final QueryRun run;
  private final SelectionPool.Handle handle;
  private final ReferenceTimes times;
  private final TextRange place;
  private final HistogramReading reading;
  private final RangeSeries series = new RangeSeries();
  private @Nullable SeriesReader reader;

  public SmoothedSelector(
      QueryRun run,
      SelectionPool.Handle handle,
      ReferenceTimes times,
      TextRange place,
      HistogramReading reading) {
    this.run = run;
    this.handle = handle;
    this.times = times;
    this.place = place;
    this.reading = reading;
  }

  @Override
  public boolean next(StepSeries into) {
    SeriesReader r = reader;
    if (r == null) {
      r = handle.open();
      reader = r;
    }
    while (r.next()) {
      run.check();
      into.reset(r.labels());
      series.reset(r.labels(), false);
      series.take(r.samples(), reading);
      for (int i = 0; i < into.steps(); i++) {
        interpolate(into, i, times.at(i));
      }
      if (!into.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private void interpolate(StepSeries into, int step, long at) {
    long lookback = run.settings().lookbackMillis();
    long[] ft = series.floatTimes();
    long[] ht = series.histogramTimes();
    int f = lastAtOrBefore(ft, series.floatCount(), at);
    int h = lastAtOrBefore(ht, series.histogramCount(), at);
    boolean floatBefore = f >= 0 && ft[f] > at - lookback;
    boolean histogramBefore = h >= 0 && ht[h] > at - lookback;
    boolean floatAfter = f + 1 < series.floatCount() && ft[f + 1] <= at + lookback;
    boolean histogramAfter = h + 1 < series.histogramCount() && ht[h + 1] <= at + lookback;
    if ((floatBefore || floatAfter) && (histogramBefore || histogramAfter)) {
      run.annotations()
          .warn(
              place,
              "encountered a mix of histograms and floats for metric name "
                  + GoQuote.quote(series.labels().metricName()));
    } else if (floatBefore) {
      double a = series.floats()[f];
      if (ft[f] == at || !floatAfter) {
        into.set(step, a);
      } else {
        double b = series.floats()[f + 1];
        into.set(step, a + (b - a) * (at - ft[f]) / (ft[f + 1] - ft[f]));
      }
    } else if (histogramBefore) {
      Histogram a = series.histograms()[h];
      if (ht[h] == at) {
        into.set(step, a);
      } else if (!histogramAfter) {
        // The hint is relative to the previous sample, so it is not valid at another time.
        into.set(step, a.withCounterReset(CounterReset.UNKNOWN));
      } else {
        between(into, step, at, h);
      }
    }
  }

  private void between(StepSeries into, int step, long at, int h) {
    Histogram a = series.histograms()[h];
    Histogram b = series.histograms()[h + 1];
    long[] t = series.histogramTimes();
    double fraction = (double) (at - t[h]) / (t[h + 1] - t[h]);
    boolean gauges =
        a.counterReset() == CounterReset.GAUGE && b.counterReset() == CounterReset.GAUGE;
    HistogramSum change = HistogramSum.plain(b);
    if (!change.fits(a)) {
      run.annotations()
          .warn(
              place,
              "vector contains a mix of histograms with exponential and custom buckets schemas for"
                  + " metric name "
                  + GoQuote.quote(series.labels().metricName()));
      return;
    }
    if (!gauges && HistogramResets.isReset(b, a)) {
      into.set(step, change.scale(fraction).toWholeHistogram());
      return;
    }
    change.subtract(a);
    if (change.pollReconciled()) {
      reconciled("subtraction");
    }
    change.scale(fraction).add(a);
    if (change.reconciled()) {
      reconciled("addition");
    }
    CounterReset hint = b.counterReset().with(a.counterReset()).with(a.counterReset());
    into.set(step, change.hint(hint).toWholeHistogram());
  }

  private void reconciled(String during) {
    run.annotations().info(place, "mismatched custom buckets were reconciled during " + during);
  }

  private static int lastAtOrBefore(long[] times, int size, long at) {
    int i = java.util.Arrays.binarySearch(times, 0, size, at);
    return i >= 0 ? i : -i - 2;
  }

  @Override
  public boolean hasUniqueLabels() {
    return true;
  }
}
