package io.lamella.model;

/// The stale marker: a NaN with special bits that marks the end of a series.
///
/// It differs from other NaNs only in its bits, so copies of values must keep them
/// (`doubleToRawLongBits`).
public final class Stale {
  public static final long BITS = 0x7ff0000000000002L;
  public static final double MARKER = Double.longBitsToDouble(BITS);

  private Stale() {}

  public static boolean isStale(double value) {
    return value != value && Double.doubleToRawLongBits(value) == BITS;
  }
}
