package io.lamella.converter.merge;

import io.lamella.converter.parquet.Symbols;
import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.SampleColumns;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.SortKey;
import io.lamella.storage.tsdb.TsdbBlock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The series of a time range with their samples in the inputs, in the order of the sort key. A
/// block that was made of these inputs must have the same samples. Decodes every sample and copies
/// no chunk. Used by one thread.
public final class DaySamples implements AutoCloseable {
  private final List<MergeInput> inputs;
  private final SortedSeries sorted;
  private final SeriesStream series;
  private final Symbols symbols;
  private final PartMerge merge;
  private final InputCounts counts;
  private final SampleColumns samples = new SampleColumns(4096);
  private Labels labels = Labels.EMPTY;

  private DaySamples(
      SortedSeries sorted, SeriesStream series, PartMerge merge, InputCounts counts) {
    this.sorted = sorted;
    this.inputs = sorted.sources().inputs();
    this.symbols = sorted.symbols();
    this.series = series;
    this.merge = merge;
    this.counts = counts;
  }

  /// Collects the series of a range.
  ///
  /// @param inputs in the order of their identifiers: of several samples at one instant that of the
  ///   first input is kept
  /// @param directory for temporary files
  public static DaySamples of(
      List<MergeInput> inputs,
      MergeRange range,
      SortKey sortKey,
      BlockMeta.Dedup dedup,
      Path directory)
      throws IOException, InterruptedException {
    InputCounts counts = new InputCounts(inputs.size());
    SortedSeries sorted =
        SortedSeries.of(
            new SortedSeries.Sources(inputs, range, sortKey),
            new RunMemory(directory, MergeSettings.DEFAULT_MEMORY_BYTES, 1),
            1);
    return new DaySamples(
        sorted, SeriesStream.open(sorted), new PartMerge(inputs, range, dedup, counts), counts);
  }

  /// Moves to the next series that has a sample.
  ///
  /// @return false after the last
  public boolean next() throws IOException {
    while (true) {
      Optional<SeriesParts> next = series.next();
      if (next.isEmpty()) {
        return false;
      }
      SeriesParts parts = next.get();
      List<SourceChunk> chunks = new ArrayList<>();
      for (int p = 0; p < parts.parts(); p++) {
        TsdbBlock block = inputs.get(parts.input(p)).block();
        for (int c = parts.firstChunk(p); c < parts.endChunk(p); c++) {
          chunks.add(SourceChunk.read(parts, p, c, block));
        }
      }
      chunks.sort(PartMerge.BY_TIME);
      samples.clear();
      merge.append(chunks, samples);
      if (samples.size() > 0) {
        labels = labels(parts.labels());
        return true;
      }
    }
  }

  private Labels labels(int[] pairs) {
    LabelsBuilder out = new LabelsBuilder(pairs.length / 2);
    for (int i = 0; i < pairs.length; i += 2) {
      out.add(symbols.value(pairs[i]), symbols.value(pairs[i + 1]));
    }
    return out.build();
  }

  public Labels labels() {
    return labels;
  }

  /// The series' samples; the same buffer each time.
  public SampleColumns samples() {
    return samples;
  }

  /// All samples at the time of the `i`-th one that could stand in its place if the inputs had
  /// other identifiers, itself included. With the penalty rule those of its replica.
  public List<OfferedSample> offered(int i) {
    return merge.offered(i);
  }

  /// What became of the samples of each input, in the series so far.
  public List<Merged.InputSamples> counts() {
    List<Merged.InputSamples> out = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      out.add(counts.of(i, inputs.get(i)));
    }
    return out;
  }

  @Override
  public void close() throws IOException {
    try (sorted) {
      series.close();
    }
  }
}
