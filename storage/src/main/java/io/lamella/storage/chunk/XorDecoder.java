package io.lamella.storage.chunk;

import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;

/// Decodes encoding 1. Two zero bits mean "same interval, same value", so a run of zeros is decoded
/// as many samples at once: 28 samples of a constant gauge in each iteration.
///
/// There are two ways through a chunk: [#one] for one sample, and [#run] for all samples whose
/// intervals have one of the two usual widths, with the whole state in local variables. `run` reads
/// bytes behind the chunk as well, without using them, so it needs some there; what it does not do
/// it leaves to `one`.
final class XorDecoder {
  private static final long LONG_STEP = 1L << 57;
  private static final int[] DOD_WIDTHS = {0, 14, 17, 20, 64};

  /// More bytes than [#run] reads for a sample, its window included.
  private static final int READ_AHEAD = 40;

  /// Bits in a window that was just refilled, at least.
  private static final int REFILLED = 56;

  private final byte[] data;
  private final BitReader in;
  private final long first;
  private final long last;
  private final long[] times;
  private final double[] values;
  private final XorValue value = new XorValue();
  private long time;
  private long delta;

  /// Where the next sample goes. One before the range stays there and is overwritten.
  private int at;

  /// Samples of the chunk that are not read.
  private int left;

  private XorDecoder(byte[] data, BitReader in, int count, TimeRange range, SampleColumns into) {
    this.data = data;
    this.in = in;
    this.first = range.startMillis();
    this.last = range.endMillis();
    this.times = into.times();
    this.values = into.values();
    this.at = into.size();
    this.left = count;
  }

  /// Appends the samples of a chunk that lie in a range. What follows the first one after it is not
  /// decoded.
  static void decode(
      byte[] data, int from, int length, int count, TimeRange range, SampleColumns into)
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
    BitReader in = new BitReader(data, from + 2, from + length);
    XorDecoder decoder = new XorDecoder(data, in, count, range, into);
    decoder.decode();
    int end = decoder.at;
    while (end > into.size() && into.times()[end - 1] > range.endMillis()) {
      end--;
    }
    into.grow(end - into.size());
  }

  private void decode() throws CorruptChunkException {
    time = in.svarint();
    value.bits = in.bits(64);
    keep();
    if (left > 0 && time <= last) {
      delta = in.uvarint();
      time = step(time, delta, in);
      value.read(in);
      keep();
    }
    while (left > 0 && time <= last) {
      if (in.next <= data.length - READ_AHEAD) {
        run();
      }
      if (left > 0 && time <= last) {
        one();
      }
    }
  }

  private void keep() {
    times[at] = time;
    values[at] = value.value();
    at += time >= first ? 1 : 0;
    left--;
  }

  /// Reads one sample, or several equal ones.
  private void one() throws CorruptChunkException {
    if (in.available < 2) {
      in.refill();
      if (in.available < 2) {
        throw in.cutOff();
      }
    }
    int pairs = Math.min(Math.min(Long.numberOfLeadingZeros(in.window), in.available) >>> 1, left);
    if (pairs == 0) {
      delta += in.shifted(DOD_WIDTHS[in.ones(4)]);
      time = step(time, delta, in);
      value.read(in);
      keep();
      return;
    }
    // Such long intervals are added one by one, so that the product below cannot overflow.
    pairs = delta > LONG_STEP ? 1 : pairs;
    if (time + delta * pairs <= time) {
      throw new CorruptChunkException(
          "cannot decode chunk: times overflow at bit " + in.position());
    }
    for (int i = 0; i < pairs; i++) {
      time += delta;
      keep();
    }
    in.skip(pairs << 1 & 63);
    if (pairs == 32) {
      in.window = 0;
      in.available -= 64;
    }
  }

  /// Reads samples as long as all they need is the usual.
  private void run() throws CorruptChunkException {
    final long endBits = 8L * in.end;
    final int lastNext = data.length - READ_AHEAD;
    long window = in.window;
    int available = in.available;
    int next = in.next;
    long bits = value.bits;
    int leading = value.leading;
    int trailing = value.trailing;
    long t = time;
    long d = delta;
    int to = at;
    int n = left;
    while (n > 0 && t <= last && next <= lastNext && 8L * next - available < endBits) {
      if (available < REFILLED) {
        window |= BitReader.longAt(data, next) >>> available;
        next += (63 - available) >>> 3;
        available |= REFILLED;
      }
      int pairs = Math.min(Math.min(Long.numberOfLeadingZeros(window), available) >>> 1, n);
      if (pairs > 0) {
        if (d > LONG_STEP || t + d * pairs <= t) {
          break;
        }
        double same = Double.longBitsToDouble(bits);
        for (int i = 0; i < pairs; i++) {
          t += d;
          times[to] = t;
          values[to] = same;
          to += t >= first ? 1 : 0;
        }
        n -= pairs;
        window <<= pairs << 1;
        available -= pairs << 1;
        continue;
      }
      long interval = d;
      int width = 1;
      if (window < 0) {
        if (window >>> 62 != 0b10) {
          break;
        }
        long dod = window << 2 >>> 50;
        interval += dod > 1L << 13 ? dod - (1L << 14) : dod;
        width = 16;
      }
      if (interval <= 0 || t + interval <= t) {
        break;
      }
      d = interval;
      t += d;
      window <<= width;
      available -= width;
      if (available < REFILLED) {
        window |= BitReader.longAt(data, next) >>> available;
        next += (63 - available) >>> 3;
        available |= REFILLED;
      }
      int length = 64 - leading - trailing;
      if (window >= 0) {
        window <<= 1;
        available--;
      } else if (window >>> 62 == 0b10 && leading >= 0 && length <= REFILLED - 2) {
        bits ^= window << 2 >>> (64 - length) << trailing;
        window <<= 2 + length;
        available -= 2 + length;
      } else {
        int head = (int) (window << 2 >>> 53);
        int zeros = head >>> 6;
        length = head & 63;
        if (window >>> 62 == 0b11 && length > 0 && length <= REFILLED && zeros + length <= 64) {
          window <<= 13;
          available -= 13;
          if (available < length) {
            window |= BitReader.longAt(data, next) >>> available;
            next += (63 - available) >>> 3;
            available |= REFILLED;
          }
          leading = zeros;
          trailing = 64 - zeros - length;
          bits ^= window >>> (64 - length) << trailing;
          window <<= length;
          available -= length;
        } else {
          value.bits = bits;
          value.leading = leading;
          value.trailing = trailing;
          in.moveTo(8L * next - available);
          value.read(in);
          window = in.window;
          available = in.available;
          next = in.next;
          bits = value.bits;
          leading = value.leading;
          trailing = value.trailing;
        }
      }
      times[to] = t;
      values[to] = Double.longBitsToDouble(bits);
      to += t >= first ? 1 : 0;
      n--;
    }
    value.bits = bits;
    value.leading = leading;
    value.trailing = trailing;
    time = t;
    delta = d;
    at = to;
    left = n;
    long position = 8L * next - available;
    if (position > endBits || n > 0 && t <= last) {
      in.moveTo(position);
    }
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
