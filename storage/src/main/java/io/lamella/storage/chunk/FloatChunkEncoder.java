package io.lamella.storage.chunk;

import io.lamella.model.SampleColumns;
import io.lamella.model.Stale;

/// Encodes float samples: XOR, or XOR2 where samples carry start timestamps.
final class FloatChunkEncoder {
  private static final int[] DOD_WIDTHS = {14, 17, 20, 64};

  private FloatChunkEncoder() {}

  /// Encodes samples `[from, end)`, at most 65,535, as encoding 1.
  static byte[] xor(SampleColumns samples, int from, int end) {
    BitWriter out = new BitWriter();
    out.bits(end - from, 16);
    XorValueWriter value = new XorValueWriter();
    long[] times = samples.times();
    double[] values = samples.values();
    long delta = 0;
    for (int i = from; i < end; i++) {
      if (i == from) {
        out.svarint(times[i]);
        out.number(values[i]);
        value.first(values[i]);
        continue;
      }
      long now = times[i] - times[i - 1];
      if (i == from + 1) {
        out.uvarint(now);
      } else {
        deltaOfDelta(out, now - delta);
      }
      delta = now;
      value.write(out, values[i]);
    }
    return out.toByteArray();
  }

  private static void deltaOfDelta(BitWriter out, long dod) {
    if (dod == 0) {
      out.bit(0);
      return;
    }
    for (int i = 0; i < DOD_WIDTHS.length; i++) {
      if (BitWriter.fits(dod, DOD_WIDTHS[i])) {
        if (i == 3) {
          out.bits(0b1111, 4);
        } else {
          out.bits((1 << (i + 2)) - 2, i + 2);
        }
        out.bits(dod, DOD_WIDTHS[i]);
        return;
      }
    }
  }

  /// Encodes samples `[from, end)`, at most 65,535, as encoding 4, with their start timestamps.
  static byte[] xor2(SampleColumns samples, int from, int end) {
    BitWriter out = new BitWriter();
    out.bits(end - from, 16);
    out.bits(0, 8);
    XorValueWriter value = new XorValueWriter();
    StartTimestampsWriter starts = new StartTimestampsWriter();
    long[] times = samples.times();
    double[] values = samples.values();
    long delta = 0;
    for (int i = from; i < end; i++) {
      double v = values[i];
      if (i == from) {
        out.svarint(times[i]);
        out.number(v);
        value.first(Stale.isStale(v) ? 0.0 : v);
        starts.first(out, times[i], samples.startTimeAt(i));
        continue;
      }
      long now = times[i] - times[i - 1];
      if (i == from + 1) {
        out.uvarint(now);
        value(out, value, v);
      } else {
        control(out, value, now - delta, v);
      }
      delta = now;
      starts.next(out, i - from, times[i - 1], samples.startTimeAt(i));
    }
    out.patch(2, starts.header());
    return out.toByteArray();
  }

  private static void control(BitWriter out, XorValueWriter value, long dod, double v) {
    if (dod == 0) {
      if (Stale.isStale(v)) {
        out.bits(0b11111, 5);
      } else if (value.isSame(v)) {
        out.bit(0);
      } else {
        out.bits(0b10, 2);
        out.bit(value.fitsWindow(v) ? 0 : 1);
        if (value.fitsWindow(v)) {
          value.reuse(out, v);
        } else {
          value.renew(out, v);
        }
      }
      return;
    }
    if (dod >= -(1 << 12) && dod < 1 << 12) {
      out.bits(0b110, 3);
      out.bits(dod, 13);
    } else if (dod >= -(1 << 19) && dod < 1 << 19) {
      out.bits(0b1110, 4);
      out.bits(dod, 20);
    } else {
      out.bits(0b11110, 5);
      out.bits(dod, 64);
    }
    value(out, value, v);
  }

  private static void value(BitWriter out, XorValueWriter value, double v) {
    if (Stale.isStale(v)) {
      out.bits(0b111, 3);
    } else if (value.isSame(v)) {
      out.bit(0);
    } else if (value.fitsWindow(v)) {
      out.bits(0b10, 2);
      value.reuse(out, v);
    } else {
      out.bits(0b110, 3);
      value.renew(out, v);
    }
  }
}
