package io.lamella.converter.merge;

import io.lamella.converter.parquet.BlockLayout;
import io.lamella.converter.parquet.ShardsWriter;
import io.lamella.converter.schedule.WorkItem;
import io.lamella.storage.block.BlockHead;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/// Writes the files of one day's block from its inputs. Every sample of the day that any input has
/// is taken, whatever the metas of the inputs state.
public final class DayMerge {
  private final WorkItem item;
  private final List<MergeInput> inputs;
  private final MergeSettings settings;
  private final LongConsumer progress;

  /// @param inputs the open blocks of the item, by ULID ascending: of several samples at one
  ///   instant that of the first input is kept
  /// @param progress receives the number of samples written since its last call
  public DayMerge(
      WorkItem item, List<MergeInput> inputs, MergeSettings settings, LongConsumer progress) {
    for (int i = 1; i < inputs.size(); i++) {
      if (inputs.get(i - 1).ulid().compareTo(inputs.get(i).ulid()) >= 0) {
        throw new IllegalArgumentException(
            "cannot merge block " + inputs.get(i).ulid() + " after " + inputs.get(i - 1).ulid());
      }
    }
    this.item = item;
    this.inputs = List.copyOf(inputs);
    this.settings = settings;
    this.progress = progress;
  }

  /// Writes the block's files.
  ///
  /// @param directory an empty directory for the files
  public Merged write(Path directory) throws IOException, InterruptedException {
    MergeRange range = new MergeRange(item.dayMillis(), item.endMillis());
    try (SortedSeries series =
        SortedSeries.of(
            new SortedSeries.Sources(inputs, range, item.sortKey()),
            new RunMemory(directory, settings.memoryBytes(), settings.threads()),
            settings.threads())) {
      return write(series, directory);
    }
  }

  private Merged write(SortedSeries series, Path directory)
      throws IOException, InterruptedException {
    MergeRange range = series.sources().range();
    BlockLayout layout =
        new BlockLayout(
            range.startMillis(), range.endMillis() - 1, settings.columnMillis(), item.sortKey());
    List<SeriesMerge> merges = new ArrayList<>();
    try (SeriesStream stream = SeriesStream.open(series);
        ShardsWriter writer =
            new ShardsWriter(directory, "all", layout, settings.write(), series.symbols())) {
      WrittenRows rows = new WrittenRows(writer, progress);
      RowPipeline.run(
          stream,
          () -> {
            SeriesMerge merge =
                new SeriesMerge(
                    inputs, range, settings.columnMillis(), item.lineage().rules().dedup());
            merges.add(merge);
            return merge;
          },
          settings.threads(),
          rows);
      writer.endRows();
      InputCounts counts = new InputCounts(inputs.size());
      merges.forEach(m -> counts.add(m.counts()));
      List<Merged.InputSamples> samples = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        samples.add(counts.of(i, inputs.get(i)));
      }
      BlockHead head = head(samples, rows.counts());
      return new Merged(head, ShardsWriter.finish(List.of(writer), head), samples);
    }
  }

  private BlockHead head(List<Merged.InputSamples> samples, BlockMeta.Counts counts) {
    Map<Ulid, Merged.InputSamples> byInput = new HashMap<>();
    samples.forEach(s -> byInput.put(s.ulid(), s));
    List<BlockMeta.Input> counted = new ArrayList<>();
    for (BlockMeta.Input input : item.lineage().inputs()) {
      Merged.InputSamples s = byInput.get(input.ulid());
      counted.add(
          s == null
              ? input
              : new BlockMeta.Input(
                  s.ulid(), input.state(), s.read(), s.deleted(), s.deduplicated(), s.kept()));
    }
    return new BlockHead(
        item.target(),
        item.coverage(),
        item.lineage().withInputs(counted),
        item.sortKey(),
        settings.columnMillis(),
        counts);
  }
}
