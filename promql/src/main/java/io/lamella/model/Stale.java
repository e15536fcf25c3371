package io.lamella.model;

/// The staleness marker: a NaN of its own bits that says "this series has ended here".
///
/// It must be told from other NaNs by bits; every move of a value keeps them
/// (`doubleToRawLongBits`).
public final class Stale {
  public static final long BITS = 0x7ff0000000000002L;
  public static final double MARKER = Double.longBitsToDouble(BITS);

  private Stale() {}

  public static boolean isStale(double value) {
    return value != value && Double.doubleToRawLongBits(value) == BITS;
  }
}
