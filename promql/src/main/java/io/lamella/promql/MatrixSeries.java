package io.lamella.promql;

import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import org.jspecify.annotations.Nullable;

/// A series of a range result: labels and samples in columns, times ascending. The result owns the
/// columns; they are not changed any more.
public final class MatrixSeries {
  private final Labels labels;
  private final SampleColumns samples;

  public MatrixSeries(Labels labels, SampleColumns samples) {
    this.labels = labels;
    this.samples = samples;
  }

  public Labels labels() {
    return labels;
  }

  public int size() {
    return samples.size();
  }

  /// Milliseconds since the epoch; longer than [#size].
  public long[] times() {
    return samples.times();
  }

  /// Values; for histograms the sum. Longer than [#size].
  public double[] values() {
    return samples.values();
  }

  /// True where some sample is a histogram.
  public boolean hasHistograms() {
    return samples.hasHistograms();
  }

  /// The histogram at an index, null for a float.
  public @Nullable Histogram histogramAt(int i) {
    return samples.histogramAt(i);
  }
}
