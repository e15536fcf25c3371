package io.lamella.converter.merge;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.storage.block.SortKey;
import io.lamella.storage.chunk.SampleMerge;
import io.lamella.storage.tsdb.SeriesEntry;
import io.lamella.storage.tsdb.TsdbBlock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The series of a time range with their samples in the sources, in the order of the sort key. A
/// block that was made of these sources must have the same samples. Cuts, deletes and merges as
/// [SeriesMerge] does, but decodes every sample. Used by one thread.
public final class DaySamples {
  private final List<TsdbBlock> sources;
  private final long startMillis;
  private final long endMillis;
  private final DaySeries series;
  private final SeriesEntry entry = new SeriesEntry();
  private final SampleColumns samples = new SampleColumns(4096);
  private Labels labels = Labels.EMPTY;
  private int next;

  /// One chunk's samples; `min` is its first time in the source, before anything was cut off.
  private record Chunk(int source, long min, long max, SampleColumns samples) {}

  private DaySamples(List<TsdbBlock> sources, long startMillis, long endMillis, DaySeries series) {
    this.sources = sources;
    this.startMillis = startMillis;
    this.endMillis = endMillis;
    this.series = series;
  }

  /// Collects the series of `[startMillis, endMillis)`.
  ///
  /// @param sources open blocks, in the order of their identifiers: of several samples at one
  ///   instant the one of the chunk that starts first is kept, then that of the first source
  public static DaySamples of(
      List<TsdbBlock> sources, long startMillis, long endMillis, SortKey sortKey)
      throws IOException {
    return new DaySamples(
        sources,
        startMillis,
        endMillis,
        DaySeries.collect(sources, startMillis, endMillis, sortKey));
  }

  /// Moves to the next series that has a sample.
  ///
  /// @return false after the last
  public boolean next() throws IOException {
    while (next < series.size()) {
      int end = series.seriesEnd(next);
      List<Chunk> chunks = new ArrayList<>();
      for (int i = next; i < end; i++) {
        collect(series.part(i), chunks);
      }
      labels = labels(series.part(next).labels());
      next = end;
      merge(chunks);
      if (samples.size() > 0) {
        return true;
      }
    }
    return false;
  }

  private Labels labels(int[] pairs) {
    LabelsBuilder out = new LabelsBuilder(pairs.length / 2);
    for (int i = 0; i < pairs.length; i += 2) {
      out.add(series.symbols().value(pairs[i]), series.symbols().value(pairs[i + 1]));
    }
    return out.build();
  }

  private void collect(DaySeries.SeriesPart part, List<Chunk> out) throws IOException {
    TsdbBlock block = sources.get(part.source());
    block.series(part.ref(), entry);
    List<TimeRange> deleted = block.tombstones(part.ref());
    for (int c = 0; c < entry.chunkCount(); c++) {
      long min = entry.minTimeMillis(c);
      long max = entry.maxTimeMillis(c);
      if (min < endMillis && max >= startMillis) {
        SampleColumns all = new SampleColumns(128);
        block.decode(entry, c, all);
        boolean whole =
            min >= startMillis
                && max < endMillis
                && deleted.stream().noneMatch(t -> t.overlaps(new TimeRange(min, max)));
        out.add(new Chunk(part.source(), min, max, whole ? all : kept(all, deleted)));
      }
    }
  }

  private SampleColumns kept(SampleColumns all, List<TimeRange> deleted) {
    SampleColumns out = new SampleColumns(Math.max(16, all.size()));
    for (int s = 0; s < all.size(); s++) {
      long t = all.times()[s];
      if (t >= startMillis && t < endMillis && deleted.stream().noneMatch(r -> r.contains(t))) {
        out.addFrom(all, s);
      }
    }
    return out;
  }

  private void merge(List<Chunk> chunks) {
    samples.clear();
    chunks.sort(Comparator.comparingLong(Chunk::min).thenComparingInt(Chunk::source));
    for (int i = 0; i < chunks.size(); ) {
      List<SampleColumns> overlapping = new ArrayList<>();
      long max = chunks.get(i).max;
      do {
        max = Math.max(max, chunks.get(i).max);
        overlapping.add(chunks.get(i++).samples);
      } while (i < chunks.size() && chunks.get(i).min <= max);
      SampleMerge.append(overlapping, samples);
    }
  }

  public Labels labels() {
    return labels;
  }

  /// The series' samples; the same buffer each time.
  public SampleColumns samples() {
    return samples;
  }
}
