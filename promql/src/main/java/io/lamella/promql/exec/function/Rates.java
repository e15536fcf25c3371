package io.lamella.promql.exec.function;

import io.lamella.model.CounterReset;
import io.lamella.model.GoQuote;
import io.lamella.model.Histogram;
import io.lamella.model.HistogramResets;
import io.lamella.model.HistogramSum;
import io.lamella.promql.Feature;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.Annotations;
import io.lamella.promql.exec.MetricNames;
import io.lamella.promql.exec.QueryRun;
import org.jspecify.annotations.Nullable;

/// `rate`, `increase` and `delta`: the difference between the last and the first sample, counter
/// resets added back, extrapolated to the edges of the window.
final class Rates implements RangeFunction {
  /// The three functions.
  enum Kind {
    RATE,
    INCREASE,
    DELTA;

    boolean isCounter() {
      return this != DELTA;
    }
  }

  private final Kind kind;
  private final TextRange place;
  private final Annotations annotations;
  private final CounterNames names;
  private final StartTimes starts;
  private final CounterDrops drops = new CounterDrops();
  private final Extrapolation extrapolation;

  Rates(QueryRun run, Kind kind, TextRange place) {
    this.kind = kind;
    this.place = place;
    this.annotations = run.annotations();
    this.names = new CounterNames(run, place);
    this.starts = new StartTimes(run, place);
    this.extrapolation = new Extrapolation(kind);
  }

  @Override
  public void startSeries() {
    names.startSeries();
    drops.startSeries();
  }

  @Override
  public boolean apply(Window w) {
    if (w.floats() > 0 && w.histograms() > 0) {
      OverTime.mixed(annotations, place, w);
      return false;
    }
    if (w.histograms() > 0) {
      return histograms(w);
    }
    return floats(w);
  }

  private boolean floats(Window w) {
    double[] v = w.series.floats();
    long[] t = w.series.floatTimes();
    int first = w.f0;
    int last = w.f1 - 1;
    boolean counter = kind.isCounter();
    long begin = t[first];
    boolean fromStart = false;
    if (counter && starts.isUsed(w.series)) {
      long start = w.series.floatStart(first);
      if (start > w.startMillis && start < t[first]) {
        begin = start;
        fromStart = true;
      }
    }
    if (first == last && !fromStart) {
      return false;
    }
    double result = v[last] - v[first];
    if (counter) {
      result =
          starts.isUsed(w.series)
              ? plusResetsByStart(w, result)
              : drops.plus(v, first, last, result);
    }
    double factor;
    if (fromStart) {
      result += v[first];
      factor = extrapolation.fromStart(w, begin, t, first, last);
    } else {
      factor = extrapolation.factor(w, t, first, last, result, v[first]);
    }
    if (counter) {
      names.check(w.series.labels());
    }
    return w.answer(result * factor);
  }

  /// A change plus the value before each drop and before each reset that a start timestamp tells
  /// of, one by one.
  private double plusResetsByStart(Window w, double change) {
    double[] v = w.series.floats();
    long[] t = w.series.floatTimes();
    double sum = change;
    boolean overlaps = false;
    for (int i = w.f0 + 1; i < w.f1; i++) {
      long start = w.series.floatStart(i);
      long previousStart = w.series.floatStart(i - 1);
      if (v[i] < v[i - 1] || StartTimes.isReset(start, t[i], previousStart, t[i - 1])) {
        sum += v[i - 1];
      }
      overlaps |= StartTimes.overlaps(start, previousStart, t[i - 1]);
    }
    if (overlaps) {
      starts.warnOfOverlap(w.metricName());
    }
    return sum;
  }

  private boolean histograms(Window w) {
    Histogram[] h = w.series.histograms();
    long[] t = w.series.histogramTimes();
    int first = w.h0;
    int last = w.h1 - 1;
    boolean counter = kind.isCounter();
    long begin = t[first];
    boolean fromStart = false;
    if (counter && starts.isUsed(w.series)) {
      long start = w.series.histogramStart(first);
      if (start > w.startMillis && start < t[first]) {
        begin = start;
        fromStart = true;
      }
    }
    if (first == last && !fromStart) {
      return false;
    }
    Histogram result = histogramChange(w, fromStart);
    if (result == null) {
      return false;
    }
    double factor =
        fromStart
            ? extrapolation.fromStart(w, begin, t, first, last)
            : extrapolation.factor(w, t, first, last, result.count(), h[first].count());
    return w.answer(new HistogramSum(result).scale(factor).hint(CounterReset.GAUGE).toHistogram());
  }

  private @Nullable Histogram histogramChange(Window w, boolean fromStart) {
    Histogram[] h = w.series.histograms();
    int first = w.h0;
    int last = w.h1 - 1;
    boolean counter = kind.isCounter();
    boolean useStarts = starts.isUsed(w.series);
    // A reset right after the first sample makes that sample irrelevant.
    boolean nulled = counter && last > first && isReset(w, first + 1, useStarts);
    boolean notCounter = h[first].counterReset() == CounterReset.GAUGE;
    int relevant = nulled ? first + 1 : first;
    boolean custom = h[relevant].usesCustomBuckets();
    int schema = h[relevant].schema();
    for (int i = relevant; i <= last; i++) {
      if (h[i].usesCustomBuckets() != custom) {
        OverTime.mixedSchemas(annotations, place, w.metricName());
        return null;
      }
      schema = Math.min(schema, h[i].schema());
      notCounter |= h[i].counterReset() == CounterReset.GAUGE;
    }
    if (counter && notCounter) {
      annotations.warn(
          place, "this native histogram metric is not a counter: " + GoQuote.quote(w.metricName()));
    }
    if (!counter
        && (h[first].counterReset() != CounterReset.GAUGE
            || h[last].counterReset() != CounterReset.GAUGE)) {
      annotations.warn(
          place, "this native histogram metric is not a gauge: " + GoQuote.quote(w.metricName()));
    }
    HistogramSum sum = HistogramSum.plain(h[last]);
    sum.reduceTo(schema);
    if (!nulled && last > first) {
      sum.subtract(h[first]);
      tellReconciled(sum, "subtraction");
    }
    if (counter) {
      for (int i = first + 1; i <= last; i++) {
        if (!(nulled && i == first + 1) && isReset(w, i, useStarts)) {
          sum.add(h[i - 1]);
        }
      }
      if (fromStart && last > first) {
        if (!sum.fits(h[first])) {
          OverTime.mixedSchemas(annotations, place, w.metricName());
          return null;
        }
        sum.add(h[first]);
      }
      tellReconciled(sum, "addition");
    }
    return sum.hint(CounterReset.GAUGE).toHistogram();
  }

  private void tellReconciled(HistogramSum sum, String during) {
    if (sum.takeReconciled()) {
      annotations.info(place, "mismatched custom buckets were reconciled during " + during);
    }
  }

  private boolean isReset(Window w, int i, boolean useStarts) {
    Histogram[] h = w.series.histograms();
    if (useStarts
        && StartTimes.isReset(
            w.series.histogramStart(i),
            w.series.histogramTimes()[i],
            w.series.histogramStart(i - 1),
            w.series.histogramTimes()[i - 1])) {
      return true;
    }
    return HistogramResets.isReset(h[i], h[i - 1]);
  }

  /// Tells once a series that its name does not look like a counter's.
  static final class CounterNames {
    private final QueryRun run;
    private final TextRange place;
    private boolean checked;

    CounterNames(QueryRun run, TextRange place) {
      this.run = run;
      this.place = place;
    }

    void startSeries() {
      checked = false;
    }

    void check(io.lamella.model.Labels labels) {
      if (checked) {
        return;
      }
      checked = true;
      String name = labels.metricName();
      if (name.isEmpty()) {
        return;
      }
      if (run.has(Feature.TYPE_AND_UNIT_LABELS)) {
        String type = labels.value(MetricNames.TYPE);
        if (!type.equals("counter") && !type.equals("histogram")) {
          run.annotations()
              .info(
                  place,
                  "metric might not be a counter, __type__ label is not set to \"counter\" or"
                      + " \"histogram\", got "
                      + GoQuote.quote(type)
                      + ": "
                      + GoQuote.quote(name));
        }
      } else if (!name.endsWith("_total")
          && !name.endsWith("_sum")
          && !name.endsWith("_count")
          && !name.endsWith("_bucket")) {
        run.annotations()
            .info(
                place,
                "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "
                    + GoQuote.quote(name));
      }
    }
  }
}
