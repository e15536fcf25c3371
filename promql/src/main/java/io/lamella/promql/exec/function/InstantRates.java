package io.lamella.promql.exec.function;

import io.lamella.model.CounterReset;
import io.lamella.model.GoQuote;
import io.lamella.model.Histogram;
import io.lamella.model.HistogramResets;
import io.lamella.model.HistogramSum;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.Annotations;
import io.lamella.promql.exec.QueryRun;
import org.jspecify.annotations.Nullable;

/// `irate` and `idelta`: from the last two samples of the window.
final class InstantRates implements WindowFunction {
  private final boolean rate;
  private final TextRange place;
  private final Annotations annotations;
  private final Rates.CounterNames names;
  private final StartTimestampResets starts;

  InstantRates(QueryRun run, TextRange place, boolean rate) {
    this.rate = rate;
    this.place = place;
    this.annotations = run.annotations();
    this.names = new Rates.CounterNames(run, place);
    this.starts = new StartTimestampResets(run, place);
  }

  @Override
  public void startSeries() {
    names.startSeries();
  }

  @Override
  public boolean apply(SampleWindow w) {
    if (w.floats() + w.histograms() < 2) {
      return false;
    }
    long[] ft = w.series.floatTimes();
    long[] ht = w.series.histogramTimes();
    int f = w.f1;
    int h = w.h1;
    int floats = 0;
    for (int i = 0; i < 2; i++) {
      boolean isFloat = h <= w.h0 || f > w.f0 && ft[f - 1] > ht[h - 1];
      if (isFloat) {
        f--;
        floats++;
      } else {
        h--;
      }
    }
    if (floats == 1) {
      OverTime.mixed(annotations, place, w);
      return false;
    }
    return floats == 2 ? floats(w) : histograms(w);
  }

  private boolean floats(SampleWindow w) {
    int last = w.f1 - 1;
    double[] v = w.series.floats();
    long[] t = w.series.floatTimes();
    long interval = t[last] - t[last - 1];
    if (interval == 0) {
      return false;
    }
    boolean reset = rate && v[last] < v[last - 1];
    if (rate && !reset && starts.isUsed(w.series)) {
      reset =
          StartTimestampResets.isReset(
              w.series.floatStart(last), t[last], w.series.floatStart(last - 1), t[last - 1]);
    }
    double result = reset ? v[last] : v[last] - v[last - 1];
    return w.result(rate ? result / (interval / 1000.0) : result);
  }

  private boolean histograms(SampleWindow w) {
    int last = w.h1 - 1;
    Histogram[] h = w.series.histograms();
    long[] t = w.series.histogramTimes();
    long interval = t[last] - t[last - 1];
    if (interval == 0) {
      return false;
    }
    Histogram b = h[last];
    Histogram a = h[last - 1];
    boolean gauges =
        a.counterReset() == CounterReset.GAUGE && b.counterReset() == CounterReset.GAUGE;
    boolean anyGauge =
        a.counterReset() == CounterReset.GAUGE || b.counterReset() == CounterReset.GAUGE;
    if (rate && anyGauge) {
      annotations.warn(
          place, "this native histogram metric is not a counter: " + GoQuote.quote(w.metricName()));
    }
    if (!rate && !gauges) {
      annotations.warn(
          place, "this native histogram metric is not a gauge: " + GoQuote.quote(w.metricName()));
    }
    boolean reset = rate && isReset(w, last);
    Histogram result = difference(w, a, b, reset);
    if (result == null) {
      return false;
    }
    HistogramSum out = new HistogramSum(result).hint(CounterReset.GAUGE);
    if (rate) {
      out.divide(interval / 1000.0);
    }
    return w.result(out.toHistogram());
  }

  private boolean isReset(SampleWindow w, int last) {
    long[] t = w.series.histogramTimes();
    Histogram[] h = w.series.histograms();
    return starts.isUsed(w.series)
            && StartTimestampResets.isReset(
                w.series.histogramStart(last),
                t[last],
                w.series.histogramStart(last - 1),
                t[last - 1])
        || HistogramResets.isReset(h[last], h[last - 1]);
  }

  private @Nullable Histogram difference(SampleWindow w, Histogram a, Histogram b, boolean reset) {
    if (reset) {
      return HistogramSum.plain(b).toHistogram();
    }
    HistogramSum sum = HistogramSum.plain(b);
    if (!sum.fits(a)) {
      OverTime.mixedSchemas(annotations, place, w.metricName());
      return null;
    }
    sum.subtract(a);
    if (sum.reconciled()) {
      annotations.info(place, "mismatched custom buckets were reconciled during subtraction");
    }
    return sum.toHistogram();
  }
}
