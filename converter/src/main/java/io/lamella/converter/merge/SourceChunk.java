package io.lamella.converter.merge;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.storage.tsdb.ChunkBytes;
import io.lamella.storage.tsdb.TsdbBlock;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/// A chunk of one part of a series, and the tombstones that touch it.
///
/// @param part number of the part in [SeriesParts]
record SourceChunk(
    int input, int part, TsdbBlock.ChunkTimes times, ChunkBytes bytes, List<TimeRange> tombstones) {

  /// Reads the bytes of a chunk.
  static SourceChunk read(SeriesParts series, int part, int chunk, TsdbBlock block)
      throws IOException {
    long min = series.minTimeMillis(chunk);
    long max = series.maxTimeMillis(chunk);
    List<TimeRange> tombstones = block.tombstones(series.ref(part));
    if (!tombstones.isEmpty()) {
      tombstones =
          tombstones.stream().filter(t -> t.startMillis() <= max && t.endMillis() >= min).toList();
    }
    return new SourceChunk(
        series.input(part),
        part,
        new TsdbBlock.ChunkTimes(series.ref(part), min, max),
        block.chunk(series.chunkRef(chunk)),
        tombstones);
  }

  long minMillis() {
    return times.minTimeMillis();
  }

  long maxMillis() {
    return times.maxTimeMillis();
  }

  /// True where both have the same bytes, which is frequent among replicas.
  boolean isCopyOf(SourceChunk other) {
    return minMillis() == other.minMillis()
        && maxMillis() == other.maxMillis()
        && bytes.encoding() == other.bytes.encoding()
        && Arrays.equals(bytes.bytes(), other.bytes.bytes());
  }

  boolean isInside(MergeRange range) {
    return range.contains(minMillis()) && range.contains(maxMillis());
  }

  /// Appends the samples of the range that no tombstone deletes, and counts all of the range.
  ///
  /// @param scratch used where not all samples are wanted
  void appendTo(
      SampleColumns out,
      TsdbBlock block,
      MergeRange range,
      InputCounts counts,
      SampleColumns scratch)
      throws IOException {
    if (isInside(range) && tombstones.isEmpty()) {
      int before = out.size();
      block.decode(bytes, times, out);
      counts.read(input, out.size() - before);
      return;
    }
    scratch.clear();
    block.decode(bytes, times, scratch);
    boolean follows = true;
    for (int s = 0; s < scratch.size(); s++) {
      long t = scratch.times()[s];
      if (!range.contains(t)) {
        follows = false;
        continue;
      }
      counts.read(input, 1);
      if (tombstones.stream().anyMatch(r -> r.contains(t))) {
        counts.delete(input, 1);
        follows = false;
        continue;
      }
      Histogram h = scratch.histogramAt(s);
      if (follows || h == null || h.counterReset() == CounterReset.GAUGE) {
        out.addFrom(scratch, s);
      } else {
        // Its hint tells of the sample before it, which is gone: a reset may lie between this
        // sample and the one that now precedes it.
        out.add(t, h.withCounterReset(CounterReset.UNKNOWN));
        out.startTime(scratch.startTimeAt(s));
      }
      follows = true;
    }
  }
}
