package io.lamella.converter.merge;

import io.lamella.converter.parquet.SeriesRow;
import io.lamella.model.SampleColumns;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.ValueStatistics;
import io.lamella.storage.chunk.ChunkCutter;
import io.lamella.storage.chunk.ChunkEncoding;
import io.lamella.storage.chunk.CounterResetHints;
import io.lamella.storage.chunk.EncodedChunk;
import io.lamella.storage.tsdb.TsdbBlock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Merges the chunks of one series in all inputs to a row: the values of its data columns. A chunk
/// that overlaps no other chunk, has no deleted samples and lies inside one data column is copied
/// byte for byte; the others are decoded, merged and cut again. Every chunk is decoded once and
/// compared with the index. Not thread-safe; each thread has its own.
final class SeriesMerge {
  private final List<MergeInput> inputs;
  private final MergeRange range;
  private final long columnMillis;
  private final PartMerge merge;
  private final InputCounts counts;
  private final ColumnBytes[] columns;
  private final SampleColumns scratch = new SampleColumns(1024);
  private final SampleColumns merged = new SampleColumns(1024);
  private ValueStatistics[] statistics = {};
  private long firstTime;
  private long lastTime;
  private long samples;
  private long chunks;
  private boolean newEncodings;

  SeriesMerge(List<MergeInput> inputs, MergeRange range, long columnMillis, BlockMeta.Dedup dedup) {
    this.inputs = inputs;
    this.range = range;
    this.columnMillis = columnMillis;
    this.counts = new InputCounts(inputs.size());
    this.merge = new PartMerge(inputs, range, dedup, counts);
    this.columns =
        new ColumnBytes[(int) ((range.endMillis() - 1 - range.startMillis()) / columnMillis + 1)];
    Arrays.setAll(columns, _ -> new ColumnBytes());
  }

  /// What became of the samples of all series so far.
  InputCounts counts() {
    return counts;
  }

  /// The row of a series; empty where it has no samples.
  Optional<MergedRow> merge(SeriesParts series) throws IOException {
    samples = 0;
    chunks = 0;
    newEncodings = false;
    statistics = new ValueStatistics[columns.length];
    Arrays.setAll(statistics, _ -> new ValueStatistics());
    for (ColumnBytes c : columns) {
      c.clear();
    }
    List<SourceChunk> all = chunks(series);
    if (merge.isOfReplicas(all)) {
      recut(all);
    } else {
      for (int i = 0; i < all.size(); ) {
        int end = merge.overlappingEnd(all, i);
        cluster(all.subList(i, end));
        i = end;
      }
    }
    return samples == 0 ? Optional.empty() : Optional.of(row(series));
  }

  private MergedRow row(SeriesParts series) {
    SeriesRow row = new SeriesRow();
    row.labels = series.labels();
    row.firstTimeMillis = firstTime;
    row.lastTimeMillis = lastTime;
    row.statistics = statistics;
    row.data = new byte[columns.length][];
    for (int c = 0; c < columns.length; c++) {
      row.data[c] = columns[c].copy();
    }
    return new MergedRow(row, samples, chunks, newEncodings);
  }

  /// All chunks by time, those that start together by part.
  private List<SourceChunk> chunks(SeriesParts series) throws IOException {
    List<SourceChunk> out = new ArrayList<>();
    boolean ordered = true;
    for (int p = 0; p < series.parts(); p++) {
      TsdbBlock block = inputs.get(series.input(p)).block();
      for (int c = series.firstChunk(p); c < series.endChunk(p); c++) {
        SourceChunk chunk = SourceChunk.read(series, p, c, block);
        ordered &= out.isEmpty() || PartMerge.BY_TIME.compare(out.getLast(), chunk) <= 0;
        out.add(chunk);
      }
    }
    if (!ordered) {
      out.sort(PartMerge.BY_TIME);
    }
    return out;
  }

  /// Writes chunks that overlap each other and no others.
  private void cluster(List<SourceChunk> overlapping) throws IOException {
    SourceChunk only = overlapping.getFirst();
    boolean copied = only.isInside(range) && column(only.minMillis()) == column(only.maxMillis());
    for (SourceChunk c : overlapping) {
      copied &= c.tombstones().isEmpty() && (c == only || c.isCopyOf(only));
    }
    if (!copied) {
      recut(overlapping);
      return;
    }
    scratch.clear();
    inputs.get(only.input()).block().decode(only.bytes(), only.times(), scratch);
    statistics[column(only.minMillis())].add(scratch, 0, scratch.size());
    put(
        only.bytes().encoding(),
        only.minMillis(),
        only.maxMillis(),
        scratch.size(),
        only.bytes().bytes());
    counts.keep(only.input(), scratch.size());
    for (SourceChunk c : overlapping) {
      counts.read(c.input(), scratch.size());
    }
  }

  private int column(long time) {
    return (int) ((time - range.startMillis()) / columnMillis);
  }

  private void put(ChunkEncoding encoding, long min, long max, int count, byte[] bytes) {
    columns[column(min)].add(encoding, min, max, bytes);
    newEncodings |= !encoding.isWidelyKnown();
    firstTime = samples == 0 ? min : Math.min(firstTime, min);
    lastTime = samples == 0 ? max : Math.max(lastTime, max);
    samples += count;
    chunks++;
  }

  private void recut(List<SourceChunk> overlapping) throws IOException {
    merged.clear();
    merge.append(overlapping, merged);
    CounterResetHints.prove(merged);
    int start = 0;
    while (start < merged.size()) {
      int column = column(merged.times()[start]);
      int stop = start + 1;
      while (stop < merged.size() && column(merged.times()[stop]) == column) {
        stop++;
      }
      statistics[column].add(merged, start, stop);
      for (EncodedChunk c : ChunkCutter.cut(merged, start, stop, ChunkCutter.DEFAULT_SAMPLES)) {
        put(c.encoding(), c.minTimeMillis(), c.maxTimeMillis(), c.samples(), c.bytes());
      }
      start = stop;
    }
  }
}
