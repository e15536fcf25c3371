package io.lamella.storage.tsdb.write;

/// What a block holds.
public record BlockCounts(long series, long chunks, long floatSamples, long histogramSamples) {
  public long samples() {
    return floatSamples + histogramSamples;
  }

  public BlockCounts plus(BlockCounts other) {
    return new BlockCounts(
        series + other.series,
        chunks + other.chunks,
        floatSamples + other.floatSamples,
        histogramSamples + other.histogramSamples);
  }
}
