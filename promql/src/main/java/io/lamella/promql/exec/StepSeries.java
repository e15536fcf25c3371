package io.lamella.promql.exec;

import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One series over all steps: a column of values, a bitmap of the steps that have an element, and a
/// column of histograms where some elements are histograms.
///
/// A buffer: the caller of an operator owns it, the operator fills it, and the content is valid
/// until the next call. The value of a step is defined only where its bit is set.
public final class StepSeries {
  private final int steps;
  private double[] values;
  private long[] present;
  private Labels labels = Labels.EMPTY;
  private boolean dropsName;
  private @Nullable Histogram @Nullable [] histograms;
  private boolean hasHistograms;

  public StepSeries(int steps) {
    this.steps = steps;
    this.values = new double[steps];
    this.present = new long[(steps + 63) >> 6];
  }

  private StepSeries(double[] values, long[] present) {
    this.steps = values.length;
    this.values = values;
    this.present = present;
  }

  /// A buffer over the columns of a series with a float at every step.
  static StepSeries full(Labels labels, boolean dropsName, double[] values, long[] present) {
    StepSeries s = new StepSeries(values, present);
    s.labels = labels;
    s.dropsName = dropsName;
    return s;
  }

  /// Empties the buffer for the next series.
  public void reset(Labels labels) {
    this.labels = labels;
    dropsName = false;
    Arrays.fill(present, 0);
    if (hasHistograms && histograms != null) {
      Arrays.fill(histograms, null);
    }
    hasHistograms = false;
  }

  /// Swaps the content of two buffers over the same steps.
  public void exchange(StepSeries other) {
    if (steps != other.steps) {
      throw new IllegalArgumentException("buffers of " + steps + " and " + other.steps + " steps");
    }
    double[] v = values;
    values = other.values;
    other.values = v;
    long[] p = present;
    present = other.present;
    other.present = p;
    Labels l = labels;
    labels = other.labels;
    other.labels = l;
    boolean drops = dropsName;
    dropsName = other.dropsName;
    other.dropsName = drops;
    @Nullable Histogram @Nullable [] h = histograms;
    histograms = other.histograms;
    other.histograms = h;
    boolean has = hasHistograms;
    hasHistograms = other.hasHistograms;
    other.hasHistograms = has;
  }

  public int steps() {
    return steps;
  }

  public Labels labels() {
    return labels;
  }

  public void labels(Labels changed) {
    labels = changed;
  }

  /// True where the metric name is removed at the end of the query.
  public boolean dropsName() {
    return dropsName;
  }

  public void dropsName(boolean drops) {
    dropsName = drops;
  }

  public double[] values() {
    return values;
  }

  /// Bit i % 64 of word i / 64 is set where step i has an element.
  public long[] present() {
    return present;
  }

  public boolean has(int i) {
    return (present[i >> 6] & (1L << i)) != 0;
  }

  public boolean hasHistograms() {
    return hasHistograms;
  }

  public @Nullable Histogram histogram(int i) {
    return hasHistograms && histograms != null ? histograms[i] : null;
  }

  public void set(int i, double value) {
    values[i] = value;
    present[i >> 6] |= 1L << i;
    if (hasHistograms && histograms != null) {
      histograms[i] = null;
    }
  }

  public void set(int i, Histogram h) {
    @Nullable Histogram[] all = histograms;
    if (all == null) {
      all = new Histogram[steps];
      histograms = all;
    }
    hasHistograms = true;
    all[i] = h;
    values[i] = h.sum();
    present[i >> 6] |= 1L << i;
  }

  /// Sets a float, or the histogram where there is one.
  public void set(int i, double value, @Nullable Histogram h) {
    if (h == null) {
      set(i, value);
    } else {
      set(i, h);
    }
  }

  public void unset(int i) {
    present[i >> 6] &= ~(1L << i);
    if (hasHistograms && histograms != null) {
      histograms[i] = null;
    }
  }

  public boolean isEmpty() {
    for (long word : present) {
      if (word != 0) {
        return false;
      }
    }
    return true;
  }

  public int count() {
    int n = 0;
    for (long word : present) {
      n += Long.bitCount(word);
    }
    return n;
  }

  public boolean isFull() {
    return count() == steps;
  }
}
