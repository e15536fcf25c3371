package io.lamella.storage.block.read;

import java.io.IOException;

/// Decodes DELTA_BINARY_PACKED integers: header (block size, miniblocks a block, count, first
/// value), then blocks of minimum delta, bit widths and packed deltas.
final class DeltaDecoder {
  private final byte[] b;
  private final int end;
  private int at;

  DeltaDecoder(byte[] b, int from, int end) {
    this.b = b;
    this.at = from;
    this.end = end;
  }

  /// Where the bytes behind the decoded values begin.
  int position() {
    return at;
  }

  /// @param expected how many values there must be
  long[] decode(int expected) throws IOException {
    long blockSize = varint();
    long miniblocks = varint();
    long total = varint();
    long value = unzigzag(varint());
    if (total != expected) {
      throw new IOException(total + " values, expected " + expected);
    }
    if (miniblocks < 1
        || miniblocks > 512
        || blockSize < 128
        || blockSize > 1 << 20
        || blockSize % 128 != 0
        || blockSize / miniblocks % 32 != 0
        || blockSize % miniblocks != 0) {
      throw new IOException("blocks of " + blockSize + " values in " + miniblocks + " miniblocks");
    }
    int perMini = (int) (blockSize / miniblocks);
    long[] out = new long[expected];
    if (expected > 0) {
      out[0] = value;
    }
    int n = 1;
    int[] widths = new int[(int) miniblocks];
    while (n < expected) {
      long minDelta = unzigzag(varint());
      for (int i = 0; i < widths.length; i++) {
        if (at >= end) {
          throw new IOException("bit widths cut off after " + n + " values");
        }
        widths[i] = b[at++] & 0xff;
      }
      for (int m = 0; m < widths.length && n < expected; m++) {
        int width = widths[m];
        long bytes = (long) perMini * width / 8;
        if (width > 64 || bytes > end - at) {
          throw new IOException(
              "miniblock of " + width + " bits a value with " + (end - at) + " bytes left");
        }
        int count = Math.min(perMini, expected - n);
        long bit = 8L * at;
        for (int i = 0; i < count; i++) {
          value += minDelta + bits(bit, width);
          out[n++] = value;
          bit += width;
        }
        at += (int) bytes;
      }
    }
    return out;
  }

  /// `width` bits from bit `bit` on, least significant first; the caller has checked that they are
  /// there.
  private long bits(long bit, int width) {
    long v = 0;
    int got = 0;
    int p = (int) (bit >>> 3);
    int skip = (int) (bit & 7);
    while (got < width) {
      long x = (b[p++] & 0xffL) >>> skip;
      v |= x << got;
      got += 8 - skip;
      skip = 0;
    }
    return width == 64 ? v : v & (1L << width) - 1;
  }

  private long varint() throws IOException {
    long v = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at >= end) {
        throw new IOException("varint cut off");
      }
      byte x = b[at++];
      v |= (long) (x & 0x7f) << shift;
      if (x >= 0) {
        return v;
      }
    }
    throw new IOException("varint of more than 10 bytes");
  }

  private static long unzigzag(long v) {
    return v >>> 1 ^ -(v & 1);
  }
}
