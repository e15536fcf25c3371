package io.lamella.converter.merge;

import io.lamella.converter.parquet.ShardsWriter;
import io.lamella.storage.block.BlockMeta;
import java.io.IOException;
import java.util.Optional;
import java.util.function.LongConsumer;

/// Writes rows and counts them.
final class WrittenRows implements RowPipeline.RowSink {
  private final ShardsWriter writer;
  private final LongConsumer progress;
  private long series;
  private long chunks;
  private long samples;
  private long first = Long.MAX_VALUE;
  private long last = Long.MIN_VALUE;

  /// @param progress receives the number of samples written since its last call
  WrittenRows(ShardsWriter writer, LongConsumer progress) {
    this.writer = writer;
    this.progress = progress;
  }

  @Override
  public void add(Optional<MergedRow> row) throws IOException {
    if (row.isPresent()) {
      write(row.get());
    }
  }

  private void write(MergedRow row) throws IOException {
    writer.add(row.row());
    if (row.newEncodings()) {
      writer.markNewEncodings();
    }
    series++;
    chunks += row.chunks();
    samples += row.samples();
    first = Math.min(first, row.row().firstTimeMillis);
    last = Math.max(last, row.row().lastTimeMillis);
    progress.accept(row.samples());
  }

  BlockMeta.Counts counts() {
    return series == 0
        ? BlockMeta.Counts.NONE
        : new BlockMeta.Counts(series, chunks, samples, first, last);
  }
}
