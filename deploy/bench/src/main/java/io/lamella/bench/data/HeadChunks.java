package io.lamella.bench.data;

import io.lamella.model.SampleColumns;
import io.lamella.storage.chunk.ChunkCutter;
import io.lamella.storage.chunk.EncodedChunk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Cuts samples into chunks as Prometheus' head does: none crosses a full two hours, none has more
/// than 120 samples.
final class HeadChunks {
  private static final long RANGE_MILLIS = 7_200_000;

  private HeadChunks() {}

  /// The chunks of the samples in `[fromMillis, endMillis)`.
  static List<EncodedChunk> of(SampleColumns samples, long fromMillis, long endMillis) {
    List<EncodedChunk> out = new ArrayList<>();
    int at = index(samples, fromMillis);
    int end = index(samples, endMillis);
    while (at < end) {
      long range = Math.floorDiv(samples.times()[at], RANGE_MILLIS) + 1;
      int stop = Math.min(end, index(samples, range * RANGE_MILLIS));
      out.addAll(ChunkCutter.cut(samples, at, stop, ChunkCutter.DEFAULT_SAMPLES));
      at = stop;
    }
    return out;
  }

  /// The first sample that is not before `timeMillis`.
  private static int index(SampleColumns samples, long timeMillis) {
    int i = Arrays.binarySearch(samples.times(), 0, samples.size(), timeMillis);
    return i >= 0 ? i : -i - 1;
  }
}
