package io.lamella.gateway.select;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
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
    int before = into.size();
    ChunkEncoding encoding = ChunkEncoding.ofId(r.encoding());
    ChunkDecoder.decode(encoding, r.bytes(), r.from(), r.length(), into);
    if (into.size() == before
        || into.times()[before] != r.minTimeMillis()
        || into.times()[into.size() - 1] != r.maxTimeMillis()) {
      throw new IOException(
          "chunk record states times "
              + r.minTimeMillis()
              + ".."
              + r.maxTimeMillis()
              + ", its samples have other times");
    }
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
