package io.lamella.storage.chunk;

import io.lamella.model.SampleColumns;
import io.lamella.model.Stale;

/// Decodes encoding 4: XOR with shorter stale markers and with start timestamps. The value after a
/// stale marker is compared with the value before it.
final class Xor2Decoder {
  private Xor2Decoder() {}

  static void decode(byte[] data, int from, int length, int count, SampleColumns into)
      throws CorruptChunkException {
    if (count == 0) {
      return;
    }
    if (length < 3 || 8L * (length - 3) < 72 + (count > 1 ? 9 + (count - 2L) : 0)) {
      throw new CorruptChunkException(
          "cannot decode chunk: " + count + " samples in " + length + " bytes");
    }
    StartTimestamps starts = new StartTimestamps(data[from + 2] & 0xff);
    BitReader in = new BitReader(data, from + 3, from + length);
    long time = in.svarint();
    XorValue value = new XorValue();
    double v = Double.longBitsToDouble(in.bits(64));
    value.bits = Stale.isStale(v) ? 0 : Double.doubleToRawLongBits(v);
    into.add(time, v);
    into.startTime(starts.first(in, time));
    long delta = 0;
    for (int i = 1; i < count; i++) {
      long before = time;
      if (i == 1) {
        delta = in.uvarint();
        v = value(in, value);
      } else {
        int ones = in.ones(5);
        delta +=
            switch (ones) {
              case 2 -> signed(in, 13);
              case 3 -> signed(in, 20);
              case 4 -> in.bits(64);
              default -> 0;
            };
        v =
            switch (ones) {
              case 0 -> value.value();
              case 1 -> changed(in, value);
              case 5 -> Stale.MARKER;
              default -> value(in, value);
            };
      }
      time = XorDecoder.step(time, delta, in);
      into.add(time, v);
      into.startTime(starts.next(in, i, before));
    }
  }

  private static long signed(BitReader in, int width) throws CorruptChunkException {
    return in.bits(width) << (64 - width) >> (64 - width);
  }

  /// `0` same, `10` window used last, `110` new window, `111` stale.
  private static double value(BitReader in, XorValue value) throws CorruptChunkException {
    switch (in.ones(3)) {
      case 0 -> {}
      case 1 -> value.reuse(in);
      case 2 -> value.renew(in);
      default -> {
        return Stale.MARKER;
      }
    }
    return value.value();
  }

  /// `0` window used last, `1` new window.
  private static double changed(BitReader in, XorValue value) throws CorruptChunkException {
    if (in.bit() == 0) {
      value.reuse(in);
    } else {
      value.renew(in);
    }
    return value.value();
  }
}
