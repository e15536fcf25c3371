package io.lamella.gateway.select;

import io.lamella.model.Histogram;
import io.lamella.model.SampleColumns;
import io.lamella.storage.block.ChunkRecord;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.chunk.ChunkCutter;
import io.lamella.storage.chunk.ChunkEncoding;
import io.lamella.storage.chunk.EncodedChunk;
import io.lamella.storage.chunk.SampleMerge;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The chunks of one series of one stream, as they are sent: by time, none overlapping another. A
/// chunk is sent as it is stored, unless chunks of several blocks overlap or its encoding has start
/// timestamps, which few readers know; then its samples are encoded again without them.
final class SentChunks {
  private SentChunks() {}

  /// A stored chunk and the block that it is of.
  record StoredChunk(ChunkRecord record, Ulid block) {}

  /// Appends the chunks of a series.
  ///
  /// @param stored in any order; those of one block do not overlap
  /// @throws IOException where one must be decoded and cannot be
  static void append(List<StoredChunk> stored, List<ChunkRecord> out) throws IOException {
    List<StoredChunk> byTime = new ArrayList<>(stored);
    byTime.sort(
        Comparator.comparingLong((StoredChunk c) -> c.record().minTimeMillis())
            .thenComparing(StoredChunk::block));
    for (int i = 0; i < byTime.size(); ) {
      int end = overlappingEnd(byTime, i);
      ChunkRecord first = byTime.get(i).record();
      if (end == i + 1 && ChunkEncoding.ofId(first.encoding()).isWidelyKnown()) {
        out.add(first);
      } else {
        encode(merged(byTime.subList(i, end)), out);
      }
      i = end;
    }
  }

  /// The index after the chunks that overlap the `i`-th, directly or through others.
  private static int overlappingEnd(List<StoredChunk> chunks, int i) {
    long max = chunks.get(i).record().maxTimeMillis();
    int end = i + 1;
    while (end < chunks.size() && chunks.get(end).record().minTimeMillis() <= max) {
      max = Math.max(max, chunks.get(end).record().maxTimeMillis());
      end++;
    }
    return end;
  }

  /// The samples of several chunks by time; at one instant, that of the block with the lowest ULID.
  private static SampleColumns merged(List<StoredChunk> chunks) throws IOException {
    SortedMap<Ulid, SampleColumns> byBlock = new TreeMap<>();
    for (StoredChunk c : chunks) {
      ChunkSamples.decode(
          c.record(), byBlock.computeIfAbsent(c.block(), _ -> new SampleColumns(256)));
    }
    if (byBlock.size() == 1) {
      return byBlock.firstEntry().getValue();
    }
    SampleColumns out = new SampleColumns(256);
    SampleMerge.append(List.copyOf(byBlock.values()), out);
    return out;
  }

  private static void encode(SampleColumns samples, List<ChunkRecord> out) {
    SampleColumns plain = samples.hasStartTimes() ? withoutStartTimes(samples) : samples;
    for (EncodedChunk c : ChunkCutter.cut(plain, 0, plain.size(), ChunkCutter.DEFAULT_SAMPLES)) {
      out.add(
          new ChunkRecord(
              c.encoding().id(),
              c.minTimeMillis(),
              c.maxTimeMillis(),
              c.bytes(),
              0,
              c.bytes().length));
    }
  }

  private static SampleColumns withoutStartTimes(SampleColumns samples) {
    SampleColumns out = new SampleColumns(samples.size());
    for (int i = 0; i < samples.size(); i++) {
      Histogram h = samples.histogramAt(i);
      if (h == null) {
        out.add(samples.times()[i], samples.values()[i]);
      } else {
        out.add(samples.times()[i], h);
      }
    }
    return out;
  }
}
