package io.lamella.promql.exec.selector;

import io.lamella.model.Histogram;
import io.lamella.model.SampleColumns;
import io.lamella.model.Stale;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An instant selector: at each step the newest sample in `(t - lookback, t]`, unless it is a stale
/// marker.
public final class InstantSelector implements SeriesOperator {
  /// Which field of the selected sample becomes the value.
  public enum SampleField {
    VALUE,
    TIME,
    START_TIME
  }

  private final QueryRun run;
  private final Supplier<SeriesReader> series;
  private final ReferenceTimes times;
  private final SampleField field;
  private final HistogramReading reading;
  private final boolean unique;
  private @Nullable SeriesReader reader;

  public InstantSelector(
      QueryRun run,
      Supplier<SeriesReader> series,
      ReferenceTimes times,
      SampleField field,
      SelectorOutput output) {
    this.run = run;
    this.series = series;
    this.times = times;
    this.field = field;
    this.reading = output.reading();
    this.unique = output.hasUniqueLabels();
  }

  @Override
  public boolean next(StepSeries into) {
    SeriesReader r = reader;
    if (r == null) {
      r = series.get();
      reader = r;
    }
    while (r.next()) {
      run.check();
      into.reset(r.labels());
      SampleColumns samples = r.samples();
      int found =
          field == SampleField.VALUE && !samples.hasHistograms()
              ? fillFloats(samples, into)
              : fill(samples, into);
      if (found > 0) {
        run.countSamples(found);
        return true;
      }
    }
    return false;
  }

  /// As [#fill] for the values of floats, which nearly all series have.
  private int fillFloats(SampleColumns s, StepSeries into) {
    long lookback = run.settings().lookbackMillis();
    long[] t = s.times();
    double[] v = s.values();
    int n = s.size();
    double[] values = into.values();
    long[] present = into.present();
    int found = 0;
    int j = 0;
    long next = n == 0 ? Long.MAX_VALUE : t[0];
    // The newest sample that was reached; a stale marker is as good as none.
    double value = 0;
    long newest = Long.MIN_VALUE;
    for (int w = 0; w < present.length; w++) {
      long word = 0;
      int end = Math.min(into.steps(), (w + 1) << 6);
      for (int i = w << 6; i < end; i++) {
        long at = times.at(i);
        if (next <= at) {
          do {
            j++;
            next = j < n ? t[j] : Long.MAX_VALUE;
          } while (next <= at);
          value = v[j - 1];
          newest = Stale.isStale(value) ? Long.MIN_VALUE : t[j - 1];
        }
        values[i] = value;
        word |= (newest > at - lookback ? 1L : 0L) << i;
      }
      present[w] = word;
      found += Long.bitCount(word);
    }
    return found;
  }

  private int fill(SampleColumns s, StepSeries into) {
    long lookback = run.settings().lookbackMillis();
    long[] t = s.times();
    double[] v = s.values();
    int n = s.size();
    int found = 0;
    int j = 0;
    int from = 0;
    HistogramReading.Reader histograms = reading.reader(s);
    for (int i = 0; i < into.steps(); i++) {
      long at = times.at(i);
      // The first sample that was not passed yet, where the last step ended.
      int reached = i > 0 && j > 0 && t[j - 1] == times.at(i - 1) ? j - 1 : j;
      while (j < n && t[j] <= at) {
        j++;
      }
      if (reading != HistogramReading.WHOLE
          && (i == 0 || reached < n && t[reached] < at - lookback)) {
        // Prometheus skips the samples before the lookback, and forgets the last one.
        histograms.forget();
        from = firstFrom(t, j, at - lookback);
      }
      if (j == 0 || t[j - 1] <= at - lookback || Stale.isStale(v[j - 1])) {
        continue;
      }
      int k = j - 1;
      switch (field) {
        case VALUE -> {
          Histogram h = s.histogramAt(k);
          if (h == null) {
            into.set(i, v[k]);
          } else {
            into.set(i, reading == HistogramReading.WHOLE ? h : histograms.read(from, k));
          }
        }
        case TIME -> into.set(i, t[k] / 1000.0);
        case START_TIME -> into.set(i, s.startTimeAt(k) / 1000.0);
      }
      found++;
    }
    return found;
  }

  private static int firstFrom(long[] t, int upTo, long millis) {
    int i = upTo;
    while (i > 0 && t[i - 1] >= millis) {
      i--;
    }
    return i;
  }

  @Override
  public boolean hasUniqueLabels() {
    return unique;
  }
}
