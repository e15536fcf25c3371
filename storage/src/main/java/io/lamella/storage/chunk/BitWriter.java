package io.lamella.storage.chunk;

import io.lamella.storage.bytes.ByteTarget;
import io.lamella.storage.bytes.Varints;
import java.util.Arrays;

/// Writes bits, most significant first; the last byte is padded with zeros.
final class BitWriter implements ByteTarget {
  private static final int[] WIDTHS = {3, 6, 9, 12, 18, 25, 56, 64};

  private byte[] bytes = new byte[128];
  private int length;
  private int free;

  void bit(int b) {
    bits(b, 1);
  }

  /// The low `n` bits, 0 to 64.
  void bits(long v, int n) {
    int left = n;
    while (left > 0) {
      if (free == 0) {
        if (length == bytes.length) {
          bytes = Arrays.copyOf(bytes, 2 * length);
        }
        length++;
        free = 8;
      }
      int take = Math.min(free, left);
      int part = (int) (v >>> (left - take)) & (1 << take) - 1;
      bytes[length - 1] |= (byte) (part << (free - take));
      free -= take;
      left -= take;
    }
  }

  void number(double v) {
    bits(Double.doubleToRawLongBits(v), 64);
  }

  @Override
  public void put(int b) {
    bits(b, 8);
  }

  void uvarint(long v) {
    Varints.writeUnsigned(this, v);
  }

  void svarint(long v) {
    Varints.writeSigned(this, v);
  }

  /// True where `v` is within −(2^(n−1)−1) … 2^(n−1).
  static boolean fits(long v, int n) {
    return n == 64 || v >= -((1L << (n - 1)) - 1) && v <= 1L << (n - 1);
  }

  /// A signed variable bit integer.
  void varint(long v) {
    if (v == 0) {
      bit(0);
      return;
    }
    for (int i = 0; i < WIDTHS.length; i++) {
      if (fits(v, WIDTHS[i])) {
        prefix(i);
        bits(v, WIDTHS[i]);
        return;
      }
    }
  }

  /// An unsigned variable bit integer.
  void varuint(long v) {
    if (v == 0) {
      bit(0);
      return;
    }
    for (int i = 0; i < WIDTHS.length; i++) {
      if (WIDTHS[i] == 64 || v >>> WIDTHS[i] == 0) {
        prefix(i);
        bits(v, WIDTHS[i]);
        return;
      }
    }
  }

  /// `10` for the first width, a one more for each next, and all ones for the last.
  private void prefix(int i) {
    if (i == WIDTHS.length - 1) {
      bits(0xff, 8);
    } else {
      bits((1L << (i + 2)) - 2, i + 2);
    }
  }

  /// Overwrites a whole byte that was written before.
  void patch(int index, int value) {
    bytes[index] = (byte) value;
  }

  int length() {
    return length;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }
}
