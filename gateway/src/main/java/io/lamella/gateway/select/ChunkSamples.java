package io.lamella.gateway.select;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.storage.block.ChunkRecord;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.chunk.ChunkDecoder;
import io.lamella.storage.chunk.ChunkEncoding;
import java.io.IOException;

/// The samples of stored chunks.
final class ChunkSamples {
  private ChunkSamples() {}

  /// Appends the samples of a chunk.
  ///
  /// @throws IOException where it cannot be decoded or its samples are of other times than its
  ///   record states
  static void decode(ChunkRecord r, SampleColumns into) throws IOException {
    decode(r, TimeRange.ALL, into);
  }

  /// Appends the samples of a chunk that lie in a range, and perhaps others of the chunk.
  ///
  /// @throws IOException as [#decode(ChunkRecord, SampleColumns)] for what is read of the chunk
  static void decode(ChunkRecord r, TimeRange range, SampleColumns into) throws IOException {
    int before = into.size();
    ChunkEncoding encoding = ChunkEncoding.ofId(r.encoding());
    ChunkDecoder.decode(encoding, r.bytes(), r.from(), r.length(), range, into);
    boolean isWhole = range.contains(r.minTimeMillis()) && range.contains(r.maxTimeMillis());
    if (into.size() == before ? isWhole : !isOf(r, isWhole, into, before)) {
      throw new IOException(
          "chunk record states times "
              + r.minTimeMillis()
              + ".."
              + r.maxTimeMillis()
              + ", its samples have other times");
    }
  }

  private static boolean isOf(ChunkRecord r, boolean isWhole, SampleColumns s, int from) {
    long min = s.times()[from];
    long max = s.times()[s.size() - 1];
    return isWhole
        ? min == r.minTimeMillis() && max == r.maxTimeMillis()
        : min >= r.minTimeMillis() && max <= r.maxTimeMillis();
  }

  /// The error of a query for a chunk that cannot be decoded.
  static CorruptBlockException corrupt(IOException e, String objectName, Labels series) {
    return new CorruptBlockException(
        "cannot decode chunk: "
            + e.getMessage()
            + " [object="
            + objectName
            + " series="
            + series
            + "]; convert this block again",
        e);
  }
}
