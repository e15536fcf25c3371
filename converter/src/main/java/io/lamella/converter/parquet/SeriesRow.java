package io.lamella.converter.parquet;

import io.lamella.storage.block.ValueStatistics;

/// One series to write. A buffer that its owner reuses for each row; the writer copies the data
/// that it keeps.
public final class SeriesRow {
  /// Symbol numbers: name, value, name, value …, ascending by name.
  public int[] labels = {};

  /// Milliseconds of the first and the last sample.
  public long firstTimeMillis;

  public long lastTimeMillis;

  /// Statistics of the samples of each data column.
  public ValueStatistics[] statistics = {};

  /// One value a data column, chunk records back to back; empty where the column has no sample.
  public byte[][] data = {};
}
