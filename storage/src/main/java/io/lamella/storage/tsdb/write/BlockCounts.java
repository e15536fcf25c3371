package io.lamella.storage.tsdb.write;

/// The numbers of series, chunks and samples of a block.
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
