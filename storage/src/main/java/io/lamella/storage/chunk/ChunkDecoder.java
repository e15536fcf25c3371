package io.lamella.storage.chunk;

import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;

/// Decodes chunks of every encoding into columns. Stateless; the arrays are only read.
public final class ChunkDecoder {
  private static final int ST_COUNT_MASK = 0x3fff;

  private ChunkDecoder() {}

  /// How many samples a chunk states, without decoding it.
  ///
  /// @throws CorruptChunkException where it is too short to state it
  public static int sampleCount(ChunkEncoding encoding, byte[] data, int from, int length)
      throws CorruptChunkException {
    if (length < 2) {
      throw new CorruptChunkException(
          "cannot decode chunk: " + length + " bytes are too few for a sample count");
    }
    int n = (data[from] & 0xff) << 8 | data[from + 1] & 0xff;
    boolean headerInCount =
        encoding == ChunkEncoding.HISTOGRAM_ST || encoding == ChunkEncoding.FLOAT_HISTOGRAM_ST;
    return headerInCount ? n & ST_COUNT_MASK : n;
  }

  /// Appends all samples of a chunk; where that fails, `into` is unchanged.
  ///
  /// @throws CorruptChunkException where the bytes are not a valid chunk
  public static void decode(
      ChunkEncoding encoding, byte[] data, int from, int length, SampleColumns into)
      throws CorruptChunkException {
    decode(encoding, data, from, length, TimeRange.ALL, into);
  }

  /// Appends the samples of a chunk that lie in a range, and perhaps others of the chunk; where
  /// that fails, `into` is unchanged. The bytes behind the range need not be read.
  ///
  /// @throws CorruptChunkException where the bytes read are not those of a valid chunk
  public static void decode(
      ChunkEncoding encoding,
      byte[] data,
      int from,
      int length,
      TimeRange range,
      SampleColumns into)
      throws CorruptChunkException {
    int before = into.size();
    try {
      int count = sampleCount(encoding, data, from, length);
      switch (encoding) {
        case XOR -> XorDecoder.decode(data, from, length, count, range, into);
        case XOR2 -> Xor2Decoder.decode(data, from, length, count, into);
        case HISTOGRAM, FLOAT_HISTOGRAM, HISTOGRAM_ST, FLOAT_HISTOGRAM_ST ->
            new HistogramDecoder(encoding, data, from, length, count).decode(into);
      }
    } catch (CorruptChunkException e) {
      into.truncate(before);
      throw e;
    }
  }
}
