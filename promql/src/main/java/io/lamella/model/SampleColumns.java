package io.lamella.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Samples of one series as growing columns: times, values, and native histograms and start
/// timestamps where they occur. A reusable buffer ([#clear] keeps the arrays); not thread-safe.
///
/// The owner of the buffer owns its arrays; a reader may look at indexes `[0, size())` until the
/// owner clears or appends. A sample is a histogram where [#histogramAt] is not null; its value is
/// then the histogram's sum, so that a stale marker is recognised by the value in both cases.
public final class SampleColumns {
  private long[] times;
  private double[] values;
  private int size;
  private @Nullable Histogram @Nullable [] histograms;
  private long @Nullable [] startTimes;

  public SampleColumns() {
    this(256);
  }

  public SampleColumns(int capacity) {
    times = new long[capacity];
    values = new double[capacity];
  }

  /// A complete series of floats: both arrays are full and owned by the result. Several columns may
  /// share their times as long as none of them is cleared; adding to one copies them first.
  public static SampleColumns of(long[] times, double[] values) {
    return new SampleColumns(times, values);
  }

  private SampleColumns(long[] times, double[] values) {
    if (times.length != values.length) {
      throw new IllegalArgumentException(
          "cannot pair " + times.length + " times with " + values.length + " values");
    }
    this.times = times;
    this.values = values;
    this.size = times.length;
  }

  public int size() {
    return size;
  }

  /// Milliseconds since the epoch, ascending; longer than [#size].
  public long[] times() {
    return times;
  }

  /// Values with their exact bits; longer than [#size].
  public double[] values() {
    return values;
  }

  /// True where some sample is a histogram.
  public boolean hasHistograms() {
    return histograms != null;
  }

  public @Nullable Histogram histogramAt(int i) {
    return histograms == null ? null : histograms[i];
  }

  /// True where some sample carries a start timestamp.
  public boolean hasStartTimes() {
    return startTimes != null;
  }

  /// The start timestamp of a sample in milliseconds, 0 for unknown.
  public long startTimeAt(int i) {
    return startTimes == null ? 0 : startTimes[i];
  }

  public void add(long timeMillis, double value) {
    if (size == times.length) {
      reserve(1);
    }
    times[size] = timeMillis;
    values[size] = value;
    size++;
  }

  public void add(long timeMillis, Histogram histogram) {
    reserve(1);
    @Nullable Histogram[] all = histograms;
    if (all == null) {
      all = new Histogram[times.length];
      histograms = all;
    }
    all[size] = histogram;
    times[size] = timeMillis;
    values[size] = histogram.sum();
    size++;
  }

  /// Sets the start timestamp of the sample added last.
  public void startTime(long startMillis) {
    long[] all = startTimes;
    if (all == null) {
      if (startMillis == 0) {
        return;
      }
      all = new long[times.length];
      startTimes = all;
    }
    all[size - 1] = startMillis;
  }

  /// Appends sample `i` of another buffer.
  public void addFrom(SampleColumns other, int i) {
    Histogram h = other.histogramAt(i);
    if (h == null) {
      add(other.times[i], other.values[i]);
    } else {
      add(other.times[i], h);
    }
    startTime(other.startTimeAt(i));
  }

  /// Replaces the histogram of sample `i`, which must be one, by another with the same sum.
  public void replace(int i, Histogram histogram) {
    @Nullable Histogram[] all = histograms;
    if (all == null || all[i] == null) {
      throw new IllegalArgumentException("sample " + i + " is no histogram");
    }
    all[i] = histogram;
  }

  /// Appends all samples of another buffer.
  public void addAll(SampleColumns other) {
    if (!other.hasHistograms() && !other.hasStartTimes()) {
      reserve(other.size);
      System.arraycopy(other.times, 0, times, size, other.size);
      System.arraycopy(other.values, 0, values, size, other.size);
      grow(other.size);
      return;
    }
    for (int i = 0; i < other.size; i++) {
      addFrom(other, i);
    }
  }

  /// Swaps the content of two buffers.
  public void exchange(SampleColumns other) {
    long[] t = times;
    times = other.times;
    other.times = t;
    double[] v = values;
    values = other.values;
    other.values = v;
    int n = size;
    size = other.size;
    other.size = n;
    @Nullable Histogram @Nullable [] h = histograms;
    histograms = other.histograms;
    other.histograms = h;
    long @Nullable [] s = startTimes;
    startTimes = other.startTimes;
    other.startTimes = s;
  }

  /// Allocates for `more` samples; afterwards [#times] and [#values] have at least `size() + more`
  /// elements, which a decoder may fill directly before it calls [#grow].
  public void reserve(int more) {
    int needed = Math.addExact(size, more);
    if (needed > times.length) {
      int capacity = Math.max(needed, times.length + (times.length >> 1) + 16);
      times = Arrays.copyOf(times, capacity);
      values = Arrays.copyOf(values, capacity);
    }
    if (histograms != null && histograms.length < times.length) {
      histograms = Arrays.copyOf(histograms, times.length);
    }
    if (startTimes != null && startTimes.length < times.length) {
      startTimes = Arrays.copyOf(startTimes, times.length);
    }
  }

  /// Adds the `added` float samples that a decoder wrote after the first [#size] ones, following
  /// [#reserve].
  public void grow(int added) {
    size += added;
  }

  /// Drops the samples from index `newSize` on.
  public void truncate(int newSize) {
    if (histograms != null) {
      Arrays.fill(histograms, newSize, size, null);
    }
    if (startTimes != null) {
      Arrays.fill(startTimes, newSize, size, 0);
    }
    size = newSize;
  }

  public void clear() {
    size = 0;
    histograms = null;
    startTimes = null;
  }
}
