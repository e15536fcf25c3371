package io.lamella.storage.block.read;

import java.io.IOException;

/// Decodes Parquet's RLE / bit-packing hybrid: runs of `varint header`, then a repeated value or
/// groups of eight packed least significant bit first.
final class HybridDecoder {
  private HybridDecoder() {}

  /// Decodes `count` values of `width` bits into `out`.
  ///
  /// @throws IOException where the bytes end early or a run is malformed
  static void decode(byte[] b, int from, int end, int width, int[] out, int count)
      throws IOException {
    if (width < 0 || width > 32) {
      throw new IOException("values of " + width + " bits");
    }
    int at = from;
    int n = 0;
    while (n < count) {
      long header = 0;
      int shift = 0;
      while (true) {
        if (at >= end || shift > 28) {
          throw new IOException("run header cut off after " + n + " of " + count + " values");
        }
        byte x = b[at++];
        header |= (long) (x & 0x7f) << shift;
        shift += 7;
        if (x >= 0) {
          break;
        }
      }
      if ((header & 1) == 0) {
        long run = header >>> 1;
        int bytes = (width + 7) / 8;
        if (run == 0 || at + bytes > end) {
          throw new IOException("run of " + run + " values with " + (end - at) + " bytes left");
        }
        int value = 0;
        for (int i = 0; i < bytes; i++) {
          value |= (b[at++] & 0xff) << (8 * i);
        }
        int stop = (int) Math.min(count, n + run);
        java.util.Arrays.fill(out, n, stop, value);
        n = stop;
      } else {
        long groups = header >>> 1;
        if (groups == 0 || groups * width > end - at) {
          // The last group may be cut where the file has no padding: not of our making, refused.
          throw new IOException(groups + " packed groups with " + (end - at) + " bytes left");
        }
        int values = (int) Math.min(count - n, groups * 8);
        unpack(b, at, width, out, n, values);
        n += values;
        at += (int) (groups * width);
      }
    }
  }

  private static void unpack(byte[] b, int at, int width, int[] out, int to, int count) {
    long buffer = 0;
    int bits = 0;
    long mask = (1L << width) - 1;
    int p = at;
    for (int i = 0; i < count; i++) {
      while (bits < width) {
        buffer |= (b[p++] & 0xffL) << bits;
        bits += 8;
      }
      out[to + i] = (int) (buffer & mask);
      buffer >>>= width;
      bits -= width;
    }
  }
}
