package io.lamella.converter.merge;

import io.lamella.converter.parquet.SeriesRow;
import io.lamella.converter.parquet.ShardWriter;
import io.lamella.converter.parquet.WriteSettings;
import io.lamella.converter.schedule.WorkItem;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.tsdb.TsdbBlock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/// Writes the files of one day's block from its sources.
public final class DayMerge {
  /// Go readers refuse files with more columns than 32,767.
  private static final int MAX_LABEL_NAMES = 32_000;

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
    List<BlockMeta.Shard> shards = new ArrayList<>();
    int from = 0;
    while (from < all.size()) {
      BitSet names = new BitSet();
      int end = shardEnd(all, from, names);
      shard(directory, shards.size(), all, from, end, names).ifPresent(shards::add);
      from = end;
    }
    if (shards.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new BlockMeta(
            item.target(),
            item.coverage(),
            item.lineage().withInputs(inputs.of(item.lineage().inputs())),
            new BlockMeta.Structure(
                item.sortKey(), columnMillis, BlockNames.inDigestDirectory(shards)),
            new BlockMeta.Counts(series, chunks, samples, first, last)));
  }

  /// The part at which a shard that starts at `from` must end because of the maximum number of
  /// label columns. Adds the label names of the shard to `names`.
  private static int shardEnd(DaySeries all, int from, BitSet names) {
    int i = from;
    while (i < all.size()) {
      int end = all.seriesEnd(i);
      int[] labels = all.part(i).labels();
      int more = 0;
      for (int l = 0; l < labels.length; l += 2) {
        more += names.get(labels[l]) ? 0 : 1;
      }
      if (names.cardinality() + more > MAX_LABEL_NAMES && i > from) {
        return i;
      }
      for (int l = 0; l < labels.length; l += 2) {
        names.set(labels[l]);
      }
      i = end;
    }
    return i;
  }

  private Optional<BlockMeta.Shard> shard(
      Path directory, int number, DaySeries all, int from, int end, BitSet names)
      throws IOException {
    ShardWriter.Header header =
        new ShardWriter.Header(
            item.dayMillis(), item.endMillis() - 1, columnMillis, item.sortKey());
    SeriesMerge merge =
        new SeriesMerge(sources, inputs, item.dayMillis(), item.endMillis(), columnMillis);
    SeriesRow row = new SeriesRow();
    row.data =
        new byte[BlockSchema.dataColumns(item.dayMillis(), item.endMillis() - 1, columnMillis)][];
    boolean any = false;
    try (ShardWriter writer =
        ShardWriter.create(
            directory, number, header, settings, all.symbols(), names.stream().toArray())) {
      for (int i = from; i < end; ) {
        int next = all.seriesEnd(i);
        if (merge.merge(all, i, next, row.data)) {
          row.statistics = merge.statistics();
          row.labels = all.part(i).labels();
          row.firstTimeMillis = merge.firstTimeMillis();
          row.lastTimeMillis = merge.lastTimeMillis();
          writer.add(row);
          any = true;
          first = Math.min(first, merge.firstTimeMillis());
          last = Math.max(last, merge.lastTimeMillis());
          series++;
          samples += merge.samples();
          chunks += merge.chunks();
          progress.accept(merge.samples());
        }
        i = next;
      }
      if (merge.newEncodings()) {
        writer.markNewEncodings();
      }
      return any ? Optional.of(writer.finish()) : Optional.empty();
    }
  }
}
