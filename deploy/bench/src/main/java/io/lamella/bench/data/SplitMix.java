package io.lamella.bench.data;

/// Steele, Lea and Flood's SplitMix64 (OOPSLA 2014): the same numbers from the same seed on every
/// JDK, which the JDK's own generators do not promise.
public final class SplitMix {
  private long state;

  public SplitMix(long seed) {
    state = seed;
  }

  /// A generator for a part of something that has a seed; different parts get unrelated streams.
  public static SplitMix of(long seed, Object... part) {
    long h = seed;
    for (Object o : part) {
      for (int i = 0, n = o.toString().length(); i < n; i++) {
        h = mix(h + 0x9E3779B97F4A7C15L * (1 + o.toString().charAt(i)));
      }
      h = mix(h ^ 0x5851F42D4C957F2DL);
    }
    return new SplitMix(h);
  }

  private static long mix(long v) {
    long z = v;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }

  public long next() {
    state += 0x9E3779B97F4A7C15L;
    return mix(state);
  }

  /// A number in `[0, bound)`; the bias is below 2^-32 for bounds that fit an int.
  public int below(int bound) {
    return (int) ((next() >>> 32) * bound >>> 32);
  }

  /// True once in `n` times.
  public boolean oneIn(int n) {
    return below(n) == 0;
  }

  /// A number in `[0, 1)`.
  public double unit() {
    return (next() >>> 11) * 0x1p-53;
  }

  /// A number of the standard normal distribution, by the method of Box and Muller.
  public double gaussian() {
    double u = 1 - unit();
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * unit());
  }
}
