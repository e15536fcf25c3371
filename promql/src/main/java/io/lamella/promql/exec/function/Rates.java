package io.lamella.promql.exec.function;

import io.lamella.model.CounterReset;
import io.lamella.model.GoQuote;
import io.lamella.model.Histogram;
import io.lamella.model.HistogramSum;
import io.lamella.promql.ast.Feature;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.Annotations;
import io.lamella.promql.exec.MetricNames;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.StepSeries;
import io.lamella.promql.exec.selector.RangeSeries;
import io.lamella.promql.exec.selector.ReferenceTimes;
import org.jspecify.annotations.Nullable;

/// `rate`, `increase` and `delta`: the difference between the last and the first sample, corrected
/// for counter resets and extrapolated to the edges of the window.
final class Rates implements WindowFunction {
  /// The three functions.
  enum RateFunction {
    RATE,
    INCREASE,
    DELTA;

    boolean isCounter() {
      return this != DELTA;
    }
  }

  /// The schema value for a mix of exponential and custom buckets.
  private static final int MIXED = Integer.MIN_VALUE;

  private final QueryRun run;
  private final RateFunction kind;
  private final TextRange place;
  private final Annotations annotations;
  private final CounterNames names;
  private final StartTimestampResets starts;
  private final CounterResets drops = new CounterResets();
  private final CounterResets resets = new CounterResets();
  private final Extrapolation extrapolation;

  /// True where all histograms of the series have one schema, and none of a counter is a gauge.
  private boolean isUniform;

  private boolean isNewSeries;

  /// Reused to compute changes of histograms.
  private @Nullable HistogramSum scratch;

  Rates(QueryRun run, RateFunction kind, TextRange place) {
    this.run = run;
    this.kind = kind;
    this.place = place;
    this.annotations = run.annotations();
    this.names = new CounterNames(run, place);
    this.starts = new StartTimestampResets(run, place);
    this.extrapolation = new Extrapolation(kind);
  }

  @Override
  public void startSeries() {
    names.startSeries();
    drops.startSeries();
    resets.startSeries();
    isNewSeries = true;
  }

  @Override
  public boolean apply(SampleWindow w) {
    if (w.floats() > 0 && w.histograms() > 0) {
      OverTime.mixed(annotations, place, w);
      return false;
    }
    if (w.histograms() > 0) {
      return histograms(w);
    }
    return floats(w);
  }

  /// The fast path, for series of floats without start timestamps: nearly all series.
  @Override
  public boolean slides(RangeSeries series) {
    return series.histogramCount() == 0 && !starts.isUsed(series);
  }

  @Override
  public boolean slide(
      RangeSeries series, ReferenceTimes times, long widthMillis, StepSeries into) {
    double[] v = series.floats();
    long[] t = series.floatTimes();
    int n = series.floatCount();
    boolean counter = kind.isCounter();
    long samplesRead = 0;
    boolean any = false;
    int first = 0;
    int after = 0;
    for (int i = 0; i < into.steps(); i++) {
      long end = times.at(i);
      long start = end - widthMillis;
      first = RangeFunctionOperator.firstAfter(t, n, first, start);
      after = RangeFunctionOperator.firstAfter(t, n, Math.max(after, first), end);
      samplesRead += after - first;
      int last = after - 1;
      if (last > first) {
        double change = v[last] - v[first];
        if (counter) {
          change = drops.plusDrops(v, first, last, change);
        }
        extrapolation.setPositions(start, end, t, first, last);
        into.set(i, change * extrapolation.factor(change, v[first]));
        any = true;
      }
    }
    run.countSamples(samplesRead);
    if (any && counter) {
      names.check(series.labels());
    }
    return any;
  }

  private boolean floats(SampleWindow w) {
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
              : drops.plusDrops(v, first, last, result);
    }
    double factor;
    if (fromStart) {
      result += v[first];
      factor = extrapolation.fromStart(w, begin, t, first, last);
    } else {
      extrapolation.setPositions(w.startMillis, w.endMillis, t, first, last);
      factor = extrapolation.factor(result, v[first]);
    }
    if (counter) {
      names.check(w.series.labels());
    }
    return w.result(result * factor);
  }

  /// Adds the value before each drop, and before each reset shown by a start timestamp, to a
  /// change, one by one.
  private double plusResetsByStart(SampleWindow w, double change) {
    double[] v = w.series.floats();
    long[] t = w.series.floatTimes();
    double sum = change;
    boolean overlaps = false;
    for (int i = w.f0 + 1; i < w.f1; i++) {
      long start = w.series.floatStart(i);
      long previousStart = w.series.floatStart(i - 1);
      if (v[i] < v[i - 1] || StartTimestampResets.isReset(start, t[i], previousStart, t[i - 1])) {
        sum += v[i - 1];
      }
      overlaps |= StartTimestampResets.overlaps(start, previousStart, t[i - 1]);
    }
    if (overlaps) {
      starts.warnOfOverlap(w.metricName());
    }
    return sum;
  }

  private boolean histograms(SampleWindow w) {
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
    HistogramSum change = histogramChange(w, fromStart);
    if (change == null) {
      return false;
    }
    double factor;
    if (fromStart) {
      factor = extrapolation.fromStart(w, begin, t, first, last);
    } else {
      extrapolation.setPositions(w.startMillis, w.endMillis, t, first, last);
      factor = extrapolation.factor(change.count(), h[first].count());
    }
    if (first < last) {
      change.hint(CounterReset.GAUGE);
    }
    return w.result(change.scale(factor).toWholeHistogram());
  }

  private @Nullable HistogramSum histogramChange(SampleWindow w, boolean fromStart) {
    Histogram[] h = w.series.histograms();
    int first = w.h0;
    int last = w.h1 - 1;
    boolean counter = kind.isCounter();
    if (counter) {
      resets.find(w.series, first, last, starts.isUsed(w.series));
    }
    // After a reset at the second sample the first sample has no effect.
    boolean nulled = counter && resets.count() > 0 && resets.index(0) == first + 1;
    int schema = schema(w, nulled ? first + 1 : first);
    if (schema == MIXED) {
      OverTime.mixedSchemas(annotations, place, w.metricName());
      return null;
    }
    if (!counter && !(isGauge(h[first]) && isGauge(h[last]))) {
      annotations.warn(
          place, "this native histogram metric is not a gauge: " + GoQuote.quote(w.metricName()));
    }
    HistogramSum sum = scratch;
    if (sum == null) {
      sum = HistogramSum.plain(h[last]);
      scratch = sum;
    } else {
      sum.restart(h[last]);
    }
    sum.reduceTo(schema);
    if (nulled) {
      subtractEmpty(sum, w);
    } else if (last > first) {
      sum.subtract(h[first]);
      addReconciledInfo(sum, "subtraction");
    }
    if (counter) {
      for (int k = nulled ? 1 : 0; k < resets.count(); k++) {
        sum.add(h[resets.index(k) - 1]);
      }
    }
    if (first == last) {
      // With a start timestamp one histogram is a change; it stays as it is.
      return sum;
    }
    sum.applyCompensation();
    if (fromStart) {
      if (!sum.fits(h[first])) {
        OverTime.mixedSchemas(annotations, place, w.metricName());
        return null;
      }
      sum.add(h[first]);
    }
    addReconciledInfo(sum, "addition");
    return sum;
  }

  /// As in Prometheus, a first sample without effect is an empty histogram with the second sample's
  /// custom bounds: the result has only bounds of the second sample, too, although nothing is
  /// subtracted. A second sample that is a reset against the empty one adds it again.
  private void subtractEmpty(HistogramSum sum, SampleWindow w) {
    Histogram second = w.series.histograms()[w.h0 + 1];
    if (!second.usesCustomBuckets() || sum.hasBoundsOf(second)) {
      return;
    }
    Histogram empty = second.withoutCounts();
    sum.subtract(empty);
    addReconciledInfo(sum, "subtraction");
    if (CounterResets.isReset(w.series, w.h0 + 1, empty, starts.isUsed(w.series))) {
      sum.add(empty);
    }
  }

  /// The coarsest schema of the window's histograms from index `relevant` on, or [#MIXED]; warns of
  /// gauges in counters. As in Prometheus, a mix that shows only in the middle of the window is the
  /// only warning. A change of a gauge depends on the first and the last one only.
  private int schema(SampleWindow w, int relevant) {
    if (isNewSeries) {
      isNewSeries = false;
      isUniform = isUniform(w.series);
    }
    Histogram[] h = w.series.histograms();
    int schema = h[relevant].schema();
    if (isUniform) {
      return schema;
    }
    int last = w.h1 - 1;
    boolean counter = kind.isCounter();
    boolean custom = h[relevant].usesCustomBuckets();
    boolean notCounter = counter && (isGauge(h[w.h0]) || isGauge(h[last]));
    if (h[last].usesCustomBuckets() != custom) {
      warnOfGauge(notCounter, w);
      return MIXED;
    }
    schema = Math.min(schema, h[last].schema());
    for (int i = w.h0 + 1; counter && i < last; i++) {
      if (h[i].usesCustomBuckets() != custom) {
        return MIXED;
      }
      schema = Math.min(schema, h[i].schema());
      notCounter |= isGauge(h[i]);
    }
    warnOfGauge(notCounter, w);
    return schema;
  }

  private void warnOfGauge(boolean isGauge, SampleWindow w) {
    if (isGauge) {
      annotations.warn(
          place, "this native histogram metric is not a counter: " + GoQuote.quote(w.metricName()));
    }
  }

  private static boolean isGauge(Histogram h) {
    return h.counterReset() == CounterReset.GAUGE;
  }

  private boolean isUniform(RangeSeries s) {
    Histogram[] h = s.histograms();
    for (int i = 0; i < s.histogramCount(); i++) {
      if (h[i].schema() != h[0].schema() || kind.isCounter() && isGauge(h[i])) {
        return false;
      }
    }
    return true;
  }

  private void addReconciledInfo(HistogramSum sum, String during) {
    if (sum.pollReconciled()) {
      annotations.info(place, "mismatched custom buckets were reconciled during " + during);
    }
  }

  /// Adds an info, once for each series, where a name does not look like a counter's.
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
