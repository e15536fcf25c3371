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

  Rates(QueryRun run, Kind kind, TextRange place) {
    this.kind = kind;
    this.place = place;
    this.annotations = run.annotations();
    this.names = new CounterNames(run, place);
    this.starts = new StartTimes(run, place);
  }

  @Override
  public void startSeries() {
    names.startSeries();
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
              : plusResets(v, first, last, result);
    }
    double atFirst = v[first];
    if (fromStart) {
      result += v[first];
      atFirst = 0;
    }
    double factor = factor(w, begin, t[last], gap(t, first, last), fromStart, result, atFirst);
    if (counter) {
      names.check(w.series.labels());
    }
    return w.answer(result * factor);
  }

  /// A change plus the value before each drop, one by one: the order decides the last digit.
  private static double plusResets(double[] v, int first, int last, double change) {
    double sum = change;
    double previous = v[first];
    for (int i = first + 1; i <= last; i++) {
      double x = v[i];
      if (x < previous) {
        sum += previous;
      }
      previous = x;
    }
    return sum;
  }

  /// The same with the resets that start timestamps tell of.
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

  /// The average time between samples in seconds; 0 for one sample.
  private static double gap(long[] t, int first, int last) {
    return first == last ? 0 : (t[last] - t[first]) / 1000.0 / (last - first);
  }

  /// What the difference is multiplied with: sampled time to window time, and for rates to seconds.
  private double factor(
      Window w,
      long begin,
      long end,
      double gap,
      boolean fromStart,
      double change,
      double atFirst) {
    double left = (begin - w.startMillis) / 1000.0;
    double right = (w.endMillis - end) / 1000.0;
    double sampled = (end - begin) / 1000.0;
    double threshold = gap * 1.1;
    if (fromStart) {
      left = 0;
    } else {
      if (left >= threshold) {
        left = gap / 2;
      }
      if (kind.isCounter()) {
        double toZero = left;
        if (change > 0 && atFirst >= 0) {
          toZero = sampled * (atFirst / change);
        }
        left = Math.min(left, toZero);
      }
    }
    if (right >= threshold) {
      right = gap / 2;
    }
    double factor = (sampled + left + right) / sampled;
    return kind == Kind.RATE ? factor / ((w.endMillis - w.startMillis) / 1000.0) : factor;
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
    double atFirst = fromStart ? 0 : h[first].count();
    double factor =
        factor(w, begin, t[last], gap(t, first, last), fromStart, result.count(), atFirst);
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
