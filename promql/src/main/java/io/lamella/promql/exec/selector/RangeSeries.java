package io.lamella.promql.exec.selector;

import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.Stale;
import org.jspecify.annotations.Nullable;

/// The samples of one series that a range selector sees, floats and histograms apart, each
/// ascending in time, without stale markers. Where a series has only floats the columns are those
/// of the source, not copies. A buffer that is reused for each series.
public final class RangeSeries {
  private static final long[] NO_TIMES = {};
  private static final Histogram[] NO_HISTOGRAMS = {};

  private Labels labels = Labels.EMPTY;
  private boolean dropsName;
  private long[] floatTimes = NO_TIMES;
  private double[] floats = {};
  private long @Nullable [] floatStarts;
  private int floatCount;
  private long[] histogramTimes = NO_TIMES;
  private Histogram[] histograms = NO_HISTOGRAMS;
  private long @Nullable [] histogramStarts;
  private int histogramCount;

  public void reset(Labels labels, boolean dropsName) {
    this.labels = labels;
    this.dropsName = dropsName;
  }

  /// Takes the samples of a series; the columns must not change while this is used.
  public void take(SampleColumns s, HistogramReading reading) {
    boolean starts = s.hasStartTimes();
    floatStarts = null;
    histogramStarts = null;
    histogramCount = 0;
    if (!s.hasHistograms() && !starts && !hasStale(s)) {
      floatTimes = s.times();
      floats = s.values();
      floatCount = s.size();
      return;
    }
    split(s, reading, starts);
  }

  private void split(SampleColumns s, HistogramReading reading, boolean starts) {
    int n = s.size();
    int count = 0;
    for (int i = 0; i < n; i++) {
      if (s.histogramAt(i) != null) {
        count++;
      }
    }
    long[] ft = new long[n - count];
    double[] fv = new double[n - count];
    long[] fs = starts ? new long[n - count] : null;
    int fn = 0;
    long[] ht = new long[count];
    Histogram[] hs = new Histogram[count];
    long[] hst = starts ? new long[count] : null;
    int hn = 0;
    HistogramReading.Reader reader = reading.reader(s);
    for (int i = 0; i < n; i++) {
      if (Stale.isStale(s.values()[i])) {
        continue;
      }
      Histogram h = s.histogramAt(i);
      if (h == null) {
        ft[fn] = s.times()[i];
        fv[fn] = s.values()[i];
        if (fs != null) {
          fs[fn] = s.startTimeAt(i);
        }
        fn++;
      } else {
        ht[hn] = s.times()[i];
        hs[hn] = reader.read(i, i);
        if (hst != null) {
          hst[hn] = s.startTimeAt(i);
        }
        hn++;
      }
    }
    floatTimes = ft;
    floats = fv;
    floatStarts = fs;
    floatCount = fn;
    histogramTimes = ht;
    histograms = hs;
    histogramStarts = hst;
    histogramCount = hn;
  }

  private static boolean hasStale(SampleColumns s) {
    double[] v = s.values();
    for (int i = 0; i < s.size(); i++) {
      if (Stale.isStale(v[i])) {
        return true;
      }
    }
    return false;
  }

  public Labels labels() {
    return labels;
  }

  public boolean dropsName() {
    return dropsName;
  }

  public long[] floatTimes() {
    return floatTimes;
  }

  public double[] floats() {
    return floats;
  }

  public int floatCount() {
    return floatCount;
  }

  public long[] histogramTimes() {
    return histogramTimes;
  }

  public Histogram[] histograms() {
    return histograms;
  }

  public int histogramCount() {
    return histogramCount;
  }

  public boolean hasStarts() {
    return floatStarts != null || histogramStarts != null;
  }

  /// Start timestamp of a float, 0 for unknown.
  public long floatStart(int i) {
    return floatStarts == null ? 0 : floatStarts[i];
  }

  public long histogramStart(int i) {
    return histogramStarts == null ? 0 : histogramStarts[i];
  }
}
