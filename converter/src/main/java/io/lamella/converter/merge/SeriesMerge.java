package io.lamella.converter.merge;

import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.storage.block.ChunkRecord;
import io.lamella.storage.block.ValueStatistics;
import io.lamella.storage.chunk.ChunkCutter;
import io.lamella.storage.chunk.ChunkDecoder;
import io.lamella.storage.chunk.ChunkEncoding;
import io.lamella.storage.chunk.EncodedChunk;
import io.lamella.storage.chunk.SampleMerge;
import io.lamella.storage.tsdb.ChunkBytes;
import io.lamella.storage.tsdb.SeriesEntry;
import io.lamella.storage.tsdb.TsdbBlock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Merges the chunks of one series in all source blocks to the values of its data columns for one
/// day. A chunk that overlaps no other chunk, has no deleted samples and lies inside one data
/// column is copied byte for byte; the others are decoded, merged and cut again. Every chunk is
/// decoded once and compared with the index.
final class SeriesMerge {
  private final List<TsdbBlock> sources;
  private final InputCounts inputs;
  private final long dayMillis;
  private final long endMillis;
  private final long columnMillis;
  private final ByteArrayOutputStream[] columns;
  private final ValueStatistics[] statistics;
  private final SampleColumns scratch = new SampleColumns(1024);
  private final List<Chunk> chunks = new ArrayList<>();
  private final SeriesEntry entry = new SeriesEntry();
  private long firstTime;
  private long lastTime;
  private long samples;
  private long written;
  private boolean newEncodings;

  /// A chunk of one source, and the tombstones of its series there.
  private record Chunk(
      int source,
      ChunkBytes bytes,
      long min,
      long max,
      List<TimeRange> tombstones,
      ValueStatistics statistics) {}

  /// @param inputs receives what became of the samples of each source
  SeriesMerge(
      List<TsdbBlock> sources,
      InputCounts inputs,
      long dayMillis,
      long endMillis,
      long columnMillis) {
    this.sources = sources;
    this.inputs = inputs;
    this.dayMillis = dayMillis;
    this.endMillis = endMillis;
    this.columnMillis = columnMillis;
    this.columns =
        new ByteArrayOutputStream[(int) ((endMillis - 1 - dayMillis) / columnMillis + 1)];
    Arrays.setAll(columns, i -> new ByteArrayOutputStream(4096));
    this.statistics = new ValueStatistics[columns.length];
    Arrays.setAll(statistics, _ -> new ValueStatistics());
  }

  long firstTimeMillis() {
    return firstTime;
  }

  long lastTimeMillis() {
    return lastTime;
  }

  /// Samples of the last merged series.
  long samples() {
    return samples;
  }

  /// Chunks of the last merged series.
  long chunks() {
    return written;
  }

  /// Statistics of the last merged series, one a data column.
  ValueStatistics[] statistics() {
    return statistics;
  }

  /// True where any series so far has chunks of encodings beyond 1 to 3.
  boolean newEncodings() {
    return newEncodings;
  }

  /// Merges the parts `[from, end)`, which are one series.
  ///
  /// @param values receives one value for each data column
  /// @return false where the series has no samples
  boolean merge(DaySeries series, int from, int end, byte[][] values) throws IOException {
    chunks.clear();
    samples = 0;
    written = 0;
    for (int i = from; i < end; i++) {
      collect(series.part(i));
    }
    chunks.sort(Comparator.comparingLong(Chunk::min).thenComparingInt(Chunk::source));
    for (int c = 0; c < columns.length; c++) {
      columns[c].reset();
      statistics[c].clear();
    }
    for (int i = 0; i < chunks.size(); ) {
      long max = chunks.get(i).max;
      int j = i + 1;
      while (j < chunks.size() && chunks.get(j).min <= max) {
        max = Math.max(max, chunks.get(j).max);
        j++;
      }
      cluster(i, j);
      i = j;
    }
    for (int c = 0; c < columns.length; c++) {
      values[c] = columns[c].toByteArray();
    }
    return samples > 0;
  }

  private void collect(DaySeries.SeriesPart part) throws IOException {
    TsdbBlock block = sources.get(part.source());
    block.series(part.ref(), entry);
    List<TimeRange> tombstones = block.tombstones(part.ref());
    for (int c = 0; c < entry.chunkCount(); c++) {
      if (entry.minTimeMillis(c) < endMillis && entry.maxTimeMillis(c) >= dayMillis) {
        scratch.clear();
        ChunkBytes bytes = block.decode(entry, c, scratch);
        ValueStatistics all = new ValueStatistics();
        all.add(scratch, 0, scratch.size());
        chunks.add(
            new Chunk(
                part.source(),
                bytes,
                entry.minTimeMillis(c),
                entry.maxTimeMillis(c),
                tombstones,
                all));
      }
    }
  }

  /// Writes chunks `[i, j)`, which overlap each other and no others.
  private void cluster(int i, int j) throws IOException {
    Chunk only = chunks.get(i);
    boolean alone = true;
    for (int k = i + 1; k < j; k++) {
      alone &= same(only, chunks.get(k));
    }
    boolean inside =
        only.min >= dayMillis && only.max < endMillis && column(only.min) == column(only.max);
    boolean deleted = false;
    for (int k = i; k < j; k++) {
      Chunk c = chunks.get(k);
      deleted |=
          c.tombstones.stream().anyMatch(t -> t.startMillis() <= c.max && t.endMillis() >= c.min);
    }
    if (alone && inside && !deleted) {
      byte[] b = only.bytes.bytes();
      int count = ChunkDecoder.sampleCount(only.bytes.encoding(), b, 0, b.length);
      put(only.bytes.encoding(), only.min, only.max, count, b);
      statistics[column(only.min)].add(only.statistics);
      inputs.keep(only.source, count);
      for (int k = i + 1; k < j; k++) {
        inputs.deduplicate(chunks.get(k).source, count);
      }
    } else {
      recut(i, j);
    }
  }

  /// True where both chunks have the same bytes, which is frequent among replicas.
  private static boolean same(Chunk a, Chunk b) {
    return a.min == b.min
        && a.max == b.max
        && a.bytes.encoding() == b.bytes.encoding()
        && Arrays.equals(a.bytes.bytes(), b.bytes.bytes());
  }

  private int column(long time) {
    return (int) ((time - dayMillis) / columnMillis);
  }

  private void put(ChunkEncoding encoding, long min, long max, int count, byte[] bytes) {
    ChunkRecord.append(columns[column(min)], encoding.id(), min, max, bytes, 0, bytes.length);
    newEncodings |= !encoding.isWidelyKnown();
    firstTime = samples == 0 ? min : Math.min(firstTime, min);
    lastTime = samples == 0 ? max : Math.max(lastTime, max);
    samples += count;
    written++;
  }

  private void recut(int i, int j) throws IOException {
    List<SampleColumns> parts = new ArrayList<>();
    for (int k = i; k < j; k++) {
      Chunk c = chunks.get(k);
      SampleColumns all = new SampleColumns(128);
      byte[] b = c.bytes.bytes();
      ChunkDecoder.decode(c.bytes.encoding(), b, 0, b.length, all);
      parts.add(kept(all, c));
    }
    count(i, parts);
    SampleColumns merged = SampleMerge.merge(parts);
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

  /// Counts the samples of chunks from `i` on: at one instant that of the first part is kept.
  private void count(int i, List<SampleColumns> parts) {
    Set<Long> times = new HashSet<>();
    for (int k = 0; k < parts.size(); k++) {
      int source = chunks.get(i + k).source;
      SampleColumns part = parts.get(k);
      int before = times.size();
      if (parts.size() == 1) {
        inputs.keep(source, part.size());
        return;
      }
      for (int s = 0; s < part.size(); s++) {
        times.add(part.times()[s]);
      }
      inputs.keep(source, times.size() - before);
      inputs.deduplicate(source, part.size() - (times.size() - before));
    }
  }

  /// The samples within the day that no tombstone deletes.
  private SampleColumns kept(SampleColumns all, Chunk chunk) {
    SampleColumns out = new SampleColumns(Math.max(16, all.size()));
    for (int s = 0; s < all.size(); s++) {
      long t = all.times()[s];
      if (t >= dayMillis && t < endMillis) {
        if (chunk.tombstones.stream().noneMatch(r -> r.contains(t))) {
          out.addFrom(all, s);
        } else {
          inputs.delete(chunk.source, 1);
        }
      }
    }
    return out;
  }
}
