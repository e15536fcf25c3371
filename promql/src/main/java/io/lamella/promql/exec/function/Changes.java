package io.lamella.promql.exec.function;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.HistogramResets;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.QueryRun;
import org.jspecify.annotations.Nullable;

/// `resets` and `changes`: counts over consecutive samples in order of time, floats and histograms
/// together.
final class Changes implements WindowFunction {
  private final boolean resets;
  private final StartTimestampResets starts;

  Changes(QueryRun run, TextRange place, boolean resets) {
    this.resets = resets;
    this.starts = new StartTimestampResets(run, place);
  }

  @Override
  public boolean apply(SampleWindow w) {
    return w.result(count(w, w.f0, w.f1, w.h0, w.h1));
  }

  /// Counts over floats `[f0, f1)` and histograms `[h0, h1)`.
  int count(SampleWindow w, int f0, int f1, int h0, int h1) {
    long[] ft = w.series.floatTimes();
    long[] ht = w.series.histogramTimes();
    int f = f0;
    int h = h0;
    int n = 0;
    int previous = -1;
    boolean previousIsFloat = false;
    while (f < f1 || h < h1) {
      boolean isFloat = h >= h1 || f < f1 && ft[f] < ht[h];
      int at = isFloat ? f++ : h++;
      if (previous >= 0 && differs(w, previousIsFloat, previous, isFloat, at)) {
        n++;
      }
      previous = at;
      previousIsFloat = isFloat;
    }
    return n;
  }

  private boolean differs(SampleWindow w, boolean aFloat, int a, boolean bFloat, int b) {
    if (resets && starts.isUsed(w.series)) {
      long startA = aFloat ? w.series.floatStart(a) : w.series.histogramStart(a);
      long startB = bFloat ? w.series.floatStart(b) : w.series.histogramStart(b);
      long timeA = aFloat ? w.series.floatTimes()[a] : w.series.histogramTimes()[a];
      long timeB = bFloat ? w.series.floatTimes()[b] : w.series.histogramTimes()[b];
      if (StartTimestampResets.isReset(startB, timeB, startA, timeA)) {
        return true;
      }
    }
    if (aFloat != bFloat) {
      return true;
    }
    if (aFloat) {
      double x = w.series.floats()[a];
      double y = w.series.floats()[b];
      return resets ? y < x : y != x && !(x != x && y != y);
    }
    Histogram x = w.series.histograms()[a];
    Histogram y = w.series.histograms()[b];
    return resets ? HistogramResets.isReset(y, x) : !sameApartFromHint(x, y);
  }

  static boolean sameApartFromHint(@Nullable Histogram x, @Nullable Histogram y) {
    return x != null
        && y != null
        && x.withCounterReset(CounterReset.UNKNOWN)
            .equals(y.withCounterReset(CounterReset.UNKNOWN));
  }
}
