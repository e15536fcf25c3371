package io.lamella.storage.chunk;

/// Writes the values that [XorValue] reads.
final class XorValueWriter {
  private long bits;
  private int leading = -1;
  private int trailing;

  void first(double v) {
    bits = Double.doubleToRawLongBits(v);
  }

  boolean isSame(double v) {
    return Double.doubleToRawLongBits(v) == bits;
  }

  void write(BitWriter out, double v) {
    if (isSame(v)) {
      out.bit(0);
    } else if (fitsWindow(v)) {
      out.bits(0b10, 2);
      reuse(out, v);
    } else {
      out.bits(0b11, 2);
      renew(out, v);
    }
  }

  boolean fitsWindow(double v) {
    long x = bits ^ Double.doubleToRawLongBits(v);
    return leading >= 0
        && Math.min(31, Long.numberOfLeadingZeros(x)) >= leading
        && Long.numberOfTrailingZeros(x) >= trailing;
  }

  void reuse(BitWriter out, double v) {
    long now = Double.doubleToRawLongBits(v);
    out.bits((bits ^ now) >>> trailing, 64 - leading - trailing);
    bits = now;
  }

  void renew(BitWriter out, double v) {
    long now = Double.doubleToRawLongBits(v);
    long x = bits ^ now;
    leading = Math.min(31, Long.numberOfLeadingZeros(x));
    trailing = Long.numberOfTrailingZeros(x);
    int length = 64 - leading - trailing;
    out.bits(leading, 5);
    out.bits(length & 63, 6);
    out.bits(x >>> trailing, length);
    bits = now;
  }
}
