package io.lamella.converter.merge;

import io.lamella.converter.parquet.BlockLayout;
import io.lamella.converter.parquet.SeriesRow;
import io.lamella.converter.parquet.ShardsWriter;
import io.lamella.converter.parquet.WriteSettings;
import io.lamella.converter.schedule.WorkItem;
import io.lamella.storage.block.BlockHead;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.tsdb.TsdbBlock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/// Writes the files of one day's block from its sources.
public final class DayMerge {
  private final WorkItem item;
  private final List<TsdbBlock> sources;
  private final WriteSettings settings;
  private final long columnMillis;
  private final LongConsumer progress;
  private long series;
  private long samples;
  private long chunks;
  private long first = Long.MAX_VALUE;
  private long last = Long.MIN_VALUE;
  private final InputCounts inputs;

  /// @param sources the open blocks of the item, in its order
  /// @param columnMillis width of a data column
  /// @param progress receives the number of samples written since its last call
  public DayMerge(
      WorkItem item,
      List<TsdbBlock> sources,
      WriteSettings settings,
      long columnMillis,
      LongConsumer progress) {
    this.item = item;
    this.sources = sources;
    this.settings = settings;
    this.columnMillis = columnMillis;
    this.progress = progress;
    this.inputs = new InputCounts(sources.size());
  }

  /// Writes the block's files.
  ///
  /// @param directory an empty directory for the files
  /// @return the meta to publish; empty where the day has no samples
  public Optional<BlockMeta> write(Path directory) throws IOException {
    DaySeries all = DaySeries.collect(sources, item.dayMillis(), item.endMillis(), item.sortKey());
    BlockLayout layout =
        new BlockLayout(item.dayMillis(), item.endMillis() - 1, columnMillis, item.sortKey());
    try (ShardsWriter writer =
        new ShardsWriter(directory, "all", layout, settings, all.symbols())) {
      rows(all, writer);
      if (series == 0) {
        return Optional.empty();
      }
      BlockHead head =
          new BlockHead(
              item.target(),
              item.coverage(),
              item.lineage().withInputs(inputs.of(item.lineage().inputs())),
              item.sortKey(),
              columnMillis,
              new BlockMeta.Counts(series, chunks, samples, first, last));
      return Optional.of(head.with(ShardsWriter.finish(List.of(writer), head)));
    }
  }

  private void rows(DaySeries all, ShardsWriter writer) throws IOException {
    SeriesMerge merge =
        new SeriesMerge(sources, inputs, item.dayMillis(), item.endMillis(), columnMillis);
    SeriesRow row = new SeriesRow();
    row.data =
        new byte[BlockSchema.dataColumns(item.dayMillis(), item.endMillis() - 1, columnMillis)][];
    for (int i = 0; i < all.size(); ) {
      int next = all.seriesEnd(i);
      if (merge.merge(all, i, next, row.data)) {
        row.statistics = merge.statistics();
        row.labels = all.part(i).labels();
        row.firstTimeMillis = merge.firstTimeMillis();
        row.lastTimeMillis = merge.lastTimeMillis();
        writer.add(row);
        if (merge.newEncodings()) {
          writer.markNewEncodings();
        }
        first = Math.min(first, merge.firstTimeMillis());
        last = Math.max(last, merge.lastTimeMillis());
        series++;
        samples += merge.samples();
        chunks += merge.chunks();
        progress.accept(merge.samples());
      }
      i = next;
    }
    writer.endRows();
  }
}
