package io.lamella.storage.chunk;

/// One column of doubles, each stored as the exclusive or with the one before: `0` same; `10`
/// within the window of meaningful bits used last; `11`, five bits of leading zeros and six of
/// length, a new window. Every histogram field and bucket has one of these of its own.
final class XorValue {
  long bits;

  /// Zero bits before the meaningful ones; negative before there are any.
  int leading = -1;

  /// Zero bits after them.
  int trailing;

  /// Reads what follows the prefix `0`, `10` or `11`.
  void read(BitReader in) throws CorruptChunkException {
    switch (in.ones(2)) {
      case 0 -> {}
      case 1 -> reuse(in);
      default -> renew(in);
    }
  }

  void reuse(BitReader in) throws CorruptChunkException {
    if (leading < 0) {
      throw new CorruptChunkException(
          "cannot decode chunk: a value refers to a window before there is one, at bit "
              + in.position());
    }
    bits ^= in.bits(64 - leading - trailing) << trailing;
  }

  void renew(BitReader in) throws CorruptChunkException {
    long head = in.bits(11);
    int zeros = (int) (head >>> 6);
    int length = (int) (head & 63);
    length = length == 0 ? 64 : length;
    if (zeros + length > 64) {
      throw new CorruptChunkException(
          "cannot decode chunk: a value of "
              + length
              + " bits behind "
              + zeros
              + " zeros, at bit "
              + in.position());
    }
    leading = zeros;
    trailing = 64 - zeros - length;
    bits ^= in.bits(length) << trailing;
  }

  double value() {
    return Double.longBitsToDouble(bits);
  }
}
