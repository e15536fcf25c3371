package io.lamella.storage.block.read;

import io.lamella.storage.bytes.ByteCursor;
import java.io.IOException;
import org.apache.parquet.column.values.bitpacking.BytePackerForLong;
import org.apache.parquet.column.values.bitpacking.Packer;

/// Decodes DELTA_BINARY_PACKED integers: a header (block size, miniblocks a block, count, first
/// value), then blocks of minimum delta, bit widths and packed deltas.
///
/// The frame is read here, because every length in it is checked before it is used; the bits are
/// unpacked by parquet-java's generated packers.
final class DeltaDecoder {
  /// The number of values that are unpacked at once; the size of a miniblock is a multiple of it.
  private static final int GROUP = 32;

  private final byte[] bytes;
  private final ByteCursor in;
  private final long[] group = new long[GROUP];

  DeltaDecoder(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.in = new ByteCursor(bytes, from, end);
  }

  /// The index of the first byte after the decoded values.
  int position() {
    return in.position();
  }

  /// @param expected how many values there must be
  long[] decode(int expected) throws IOException {
    long blockSize = in.unsigned();
    long miniblocks = in.unsigned();
    long total = in.unsigned();
    long value = in.signed();
    if (total != expected) {
      throw new IOException(total + " values, expected " + expected);
    }
    if (miniblocks < 1
        || miniblocks > 512
        || blockSize < 128
        || blockSize > 1 << 20
        || blockSize % 128 != 0
        || blockSize % miniblocks != 0
        || blockSize / miniblocks % GROUP != 0) {
      throw new IOException("blocks of " + blockSize + " values in " + miniblocks + " miniblocks");
    }
    int perMini = (int) (blockSize / miniblocks);
    long[] out = new long[expected];
    if (expected > 0) {
      out[0] = value;
    }
    int n = 1;
    while (n < expected) {
      long minDelta = in.signed();
      int widths = in.skip(miniblocks, "bit widths");
      for (int m = 0; m < miniblocks && n < expected; m++) {
        int width = bytes[widths + m] & 0xff;
        if (width > 64) {
          throw new IOException("miniblock of " + width + " bits a value");
        }
        int count = Math.min(perMini, expected - n);
        int from = in.skip((long) perMini * width / 8, "miniblock");
        miniblock(from, width, minDelta, out, n, count);
        n += count;
      }
    }
    return out;
  }

  private void miniblock(int from, int width, long minDelta, long[] out, int first, int count) {
    long value = out[first - 1];
    if (width == 0) {
      for (int i = first; i < first + count; i++) {
        value += minDelta;
        out[i] = value;
      }
      return;
    }
    BytePackerForLong packer = Packer.LITTLE_ENDIAN.newBytePackerForLong(width);
    int at = from;
    for (int done = 0; done < count; done += GROUP) {
      packer.unpack32Values(bytes, at, group, 0);
      at += GROUP / 8 * width;
      int n = Math.min(GROUP, count - done);
      for (int i = 0; i < n; i++) {
        value += minDelta + group[i];
        out[first + done + i] = value;
      }
    }
  }
}
