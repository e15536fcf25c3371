package io.lamella.storage.block.read;

import io.lamella.storage.bytes.ByteCursor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.parquet.column.values.bitpacking.BytePacker;
import org.apache.parquet.column.values.bitpacking.Packer;

/// Decodes Parquet's RLE / bit-packing hybrid: runs of `varint header`, then a repeated value or
/// groups of eight values, packed least significant bit first.
///
/// The frame is read here, because every length in it is checked before it is used; the bits are
/// unpacked by parquet-java's generated packers.
final class HybridDecoder {
  private HybridDecoder() {}

  /// Decodes `count` values of `width` bits into `out`.
  ///
  /// @throws IOException where the bytes end early or a run is malformed
  static void decode(byte[] bytes, int from, int end, int width, int[] out, int count)
      throws IOException {
    if (width < 0 || width > 32) {
      throw new IOException("values of " + width + " bits");
    }
    ByteCursor in = new ByteCursor(bytes, from, end);
    int n = 0;
    while (n < count) {
      long header = in.unsigned();
      long length = header >>> 1;
      if (length == 0 || length > Integer.MAX_VALUE) {
        throw new IOException("run of length " + length + " after " + n + " values");
      }
      if ((header & 1) == 0) {
        int value = 0;
        for (int shift = 0; shift < width; shift += 8) {
          value |= in.next() << shift;
        }
        if (width < 32 && value >>> width != 0) {
          throw new IOException("value " + value + " of more than " + width + " bits");
        }
        int stop = (int) Math.min(count, n + length);
        Arrays.fill(out, n, stop, value);
        n = stop;
      } else {
        // Some writers cut the padding of the last group. Lamella's does not, so a short group is
        // refused.
        int at = in.skip(length * width, "packed groups");
        int values = (int) Math.min(count - n, length * 8);
        unpack(bytes, at, width, out, n, values);
        n += values;
      }
    }
  }

  private static void unpack(byte[] bytes, int from, int width, int[] out, int to, int count) {
    if (width == 0) {
      Arrays.fill(out, to, to + count, 0);
      return;
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    BytePacker packer = Packer.LITTLE_ENDIAN.newBytePacker(width);
    int at = from;
    int n = 0;
    for (; n + 8 <= count; n += 8) {
      packer.unpack8Values(in, at, out, to + n);
      at += width;
    }
    if (n < count) {
      int[] last = new int[8];
      packer.unpack8Values(in, at, last, 0);
      System.arraycopy(last, 0, out, to + n, count - n);
    }
  }
}
