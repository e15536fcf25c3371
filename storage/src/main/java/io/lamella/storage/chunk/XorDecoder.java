package io.lamella.storage.chunk;

import io.lamella.model.SampleColumns;

/// Decodes encoding 1. Two zero bits mean "same interval, same value", so a run of zeros is decoded
/// as many samples at once: 28 samples of a constant gauge in each iteration.
final class XorDecoder {
  private static final long LONG_STEP = 1L << 57;
  private static final int[] DOD_WIDTHS = {0, 14, 17, 20, 64};

  private XorDecoder() {}

  static void decode(byte[] data, int from, int length, int count, SampleColumns into)
      throws CorruptChunkException {
    if (count == 0) {
      return;
    }
    // A sample takes at least two bits; a larger count is refused before memory is allocated.
    if (8L * (length - 2) < 72 + (count > 1 ? 9 + 2L * (count - 2) : 0)) {
      throw new CorruptChunkException(
          "cannot decode chunk: " + count + " samples in " + length + " bytes");
    }
    into.reserve(count);
    long[] times = into.times();
    double[] values = into.values();
    int at = into.size();
    int end = at + count;

    BitReader in = new BitReader(data, from + 2, from + length);
    long time = in.svarint();
    XorValue value = new XorValue();
    value.bits = in.bits(64);
    times[at] = time;
    values[at++] = value.value();
    long delta = 0;
    if (at < end) {
      delta = in.uvarint();
      time = step(time, delta, in);
      value.read(in);
      times[at] = time;
      values[at++] = value.value();
    }
    while (at < end) {
      if (in.available < 2) {
        in.refill();
        if (in.available < 2) {
          throw in.cutOff();
        }
      }
      int pairs =
          Math.min(Math.min(Long.numberOfLeadingZeros(in.window), in.available) >>> 1, end - at);
      if (pairs > 0) {
        // Such long intervals are added one by one, so that the product below cannot overflow.
        pairs = delta > LONG_STEP ? 1 : pairs;
        if (time + delta * pairs <= time) {
          throw new CorruptChunkException(
              "cannot decode chunk: times overflow at bit " + in.position());
        }
        double same = value.value();
        for (int i = 0; i < pairs; i++) {
          time += delta;
          times[at] = time;
          values[at++] = same;
        }
        in.skip(pairs << 1 & 63);
        if (pairs == 32) {
          in.window = 0;
          in.available -= 64;
        }
        continue;
      }
      delta += deltaOfDelta(in);
      time = step(time, delta, in);
      value.read(in);
      times[at] = time;
      values[at++] = value.value();
    }
    into.grow(count);
  }

  private static long deltaOfDelta(BitReader in) throws CorruptChunkException {
    return in.shifted(DOD_WIDTHS[in.ones(4)]);
  }

  /// The next time, which must be later.
  static long step(long time, long delta, BitReader in) throws CorruptChunkException {
    long next = time + delta;
    if (delta <= 0 || next <= time) {
      throw new CorruptChunkException(
          "cannot decode chunk: time " + next + " after " + time + " before bit " + in.position());
    }
    return next;
  }
}
