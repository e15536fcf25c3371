package io.lamella.storage.chunk;

import io.lamella.storage.bytes.ByteSource;
import io.lamella.storage.bytes.Varints;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Reads bits, most significant first, through a 64-bit window that is refilled eight bytes at a
/// time. Reading past the end is an error, never a zero.
final class BitReader implements ByteSource<CorruptChunkException> {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /// Payload widths of the variable bit integers, by the number of leading one bits.
  private static final int[] WIDTHS = {0, 3, 6, 9, 12, 18, 25, 56, 64};

  private final byte[] bytes;
  private final int start;

  /// The index after the last byte.
  final int end;

  /// The index of the byte after those of the window.
  int next;

  /// The next bits, left-aligned; those after the first `available` are zero or the bits that
  /// follow.
  long window;

  int available;

  BitReader(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.start = from;
    this.next = from;
    this.end = end;
  }

  /// Fills the window with at least 57 bits, or with all that are left.
  void refill() {
    if (next + 8 <= end) {
      window |= longAt(bytes, next) >>> available;
      next += (63 - available) >>> 3;
      available |= 56;
    } else {
      while (available <= 56 && next < end) {
        window |= (bytes[next++] & 0xffL) << (56 - available);
        available += 8;
      }
    }
  }

  /// Eight bytes, the first one highest.
  static long longAt(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at);
  }

  /// Continues at a bit of the array.
  ///
  /// @throws CorruptChunkException where it lies behind the end
  void moveTo(long bit) throws CorruptChunkException {
    if (bit > 8L * end) {
      next = end;
      available = 0;
      throw cutOff();
    }
    next = (int) (bit >>> 3);
    window = 0;
    available = 0;
    refill();
    skip((int) bit & 7);
  }

  /// Drops `n` bits of the window, `n` at most `available` and below 64.
  void skip(int n) {
    window <<= n;
    available -= n;
  }

  CorruptChunkException cutOff() {
    return new CorruptChunkException(
        "cannot decode chunk: it ends at bit " + position() + " in the middle of a sample");
  }

  long position() {
    return 8L * (next - start) - available;
  }

  /// The number of bits left.
  long remaining() {
    return 8L * (end - next) + available;
  }

  int bit() throws CorruptChunkException {
    if (available == 0) {
      window = 0;
      refill();
      if (available == 0) {
        throw cutOff();
      }
    }
    int b = (int) (window >>> 63);
    skip(1);
    return b;
  }

  /// The number of one bits that follow, at most `max`, which is up to 8. A zero bit that ends them
  /// is read as well.
  int ones(int max) throws CorruptChunkException {
    if (available < max) {
      refill();
    }
    if (available >= max) {
      int ones = Math.min(max, Long.numberOfLeadingZeros(~window));
      skip(ones < max ? ones + 1 : max);
      return ones;
    }
    int ones = 0;
    while (ones < max && bit() == 1) {
      ones++;
    }
    return ones;
  }

  /// The next `n` bits, 0 to 64, as an unsigned number.
  long bits(int n) throws CorruptChunkException {
    if (n == 0) {
      return 0;
    }
    if (n > 56) {
      long high = bits(n - 32);
      return high << 32 | bits(32);
    }
    if (available < n) {
      refill();
      if (available < n) {
        throw cutOff();
      }
    }
    long v = window >>> (64 - n);
    skip(n);
    return v;
  }

  double number() throws CorruptChunkException {
    return Double.longBitsToDouble(bits(64));
  }

  /// A byte-wise LEB128 number at the current, possibly unaligned, position.
  long uvarint() throws CorruptChunkException {
    return Varints.readUnsigned(this);
  }

  @Override
  public int next() throws CorruptChunkException {
    return (int) bits(8);
  }

  @Override
  public CorruptChunkException tooLong() {
    return new CorruptChunkException(
        "cannot decode chunk: a number of more than 64 bits before bit " + position());
  }

  /// A byte-wise LEB128 number in zig-zag form, at the current position.
  long svarint() throws CorruptChunkException {
    return Varints.readSigned(this);
  }

  /// A number of `n` bits in the range −(2^(n−1)−1) … 2^(n−1), which is not two's complement.
  long shifted(int n) throws CorruptChunkException {
    long v = bits(n);
    return n > 0 && n < 64 && v > 1L << (n - 1) ? v - (1L << n) : v;
  }

  private int prefix() throws CorruptChunkException {
    return WIDTHS[ones(8)];
  }

  /// A signed variable bit integer.
  long varint() throws CorruptChunkException {
    return shifted(prefix());
  }

  /// An unsigned variable bit integer.
  long varuint() throws CorruptChunkException {
    return bits(prefix());
  }
}
