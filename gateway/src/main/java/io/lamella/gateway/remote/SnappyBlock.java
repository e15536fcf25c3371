package io.lamella.gateway.remote;

import io.airlift.compress.v3.MalformedInputException;
import io.airlift.compress.v3.snappy.SnappyJavaCompressor;
import io.airlift.compress.v3.snappy.SnappyJavaDecompressor;
import io.lamella.promql.QueryException;
import java.util.Arrays;
import java.util.function.IntConsumer;

/// Snappy's block format, which states its length before the data.
final class SnappyBlock {
  private SnappyBlock() {}

  /// The content of a block.
  ///
  /// @param maxBytes of the content, checked before anything is inflated
  /// @param stated is told its length before that, too
  /// @throws QueryException.BadQuery where the block is damaged or holds more
  static byte[] inflate(byte[] block, int maxBytes, IntConsumer stated) {
    SnappyJavaDecompressor decompressor = new SnappyJavaDecompressor();
    try {
      if (block.length == 0) {
        throw new QueryException.BadQuery("cannot read snappy block: it is empty");
      }
      int length = decompressor.getUncompressedLength(block, 0);
      if (length < 0 || length > maxBytes) {
        throw new QueryException.BadQuery(
            "cannot read snappy block: it states "
                + Integer.toUnsignedString(length)
                + " bytes, allowed are "
                + maxBytes);
      }
      stated.accept(length);
      byte[] out = new byte[length];
      int inflated = decompressor.decompress(block, 0, block.length, out, 0, length);
      return inflated == length ? out : Arrays.copyOf(out, inflated);
    } catch (MalformedInputException | IndexOutOfBoundsException e) {
      throw new QueryException.BadQuery("cannot read snappy block: " + e.getMessage());
    }
  }

  static byte[] deflate(byte[] content) {
    SnappyJavaCompressor compressor = new SnappyJavaCompressor();
    byte[] out = new byte[compressor.maxCompressedLength(content.length)];
    int length = compressor.compress(content, 0, content.length, out, 0, out.length);
    return Arrays.copyOf(out, length);
  }
}
