package io.lamella.promql.exec.function;

import io.lamella.model.Logarithms;

/// Exponential function and powers with the bits that Prometheus has on 64-bit x86.
///
/// There Go computes `exp` by N. Shibata's method ("Efficient evaluation methods of elementary
/// functions suitable for SIMD computation"): x = k·ln 2 + 16·r, a Taylor series for exp(r) - 1,
/// and four times (y + 1)² - 1 = y·(y + 2); multiplications and additions are fused, as the
/// processors of the last ten years can. Powers multiply squares of the fraction and count the
/// exponents apart.
final class Powers {
  private static final double LOG2_E = 1.4426950408889634073599246810018920;
  private static final double LN2_HIGH = 0.69314718055966295651160180568695068359375;
  private static final double LN2_LOW = 0.28235290563031577122588448175013436025525412068e-12;
  private static final double OVERFLOW = 7.09782712893384e+02;

  /// 1/8!, 1/7! … 1/2!, 1.
  private static final double[] TAYLOR = {
    2.4801587301587301587e-5,
    1.9841269841269841270e-4,
    1.3888888888888888889e-3,
    8.3333333333333333333e-3,
    4.1666666666666666667e-2,
    1.6666666666666666667e-1,
    0.5,
    1
  };

  private static final int MAX_EXPONENT = 1 << 12;

  private Powers() {}

  static double exp(double x) {
    if (x != x) {
      return x;
    }
    if (x > OVERFLOW) {
      return Double.POSITIVE_INFINITY;
    }
    double k = Math.rint(x * LOG2_E);
    if (k < -1_100) {
      return 0;
    }
    double r = Math.fma(-k, LN2_LOW, Math.fma(-k, LN2_HIGH, x)) * 0.0625;
    double series = TAYLOR[0];
    for (int i = 1; i < TAYLOR.length; i++) {
      series = Math.fma(series, r, TAYLOR[i]);
    }
    double y = r * series;
    for (int i = 0; i < 3; i++) {
      y *= y + 2;
    }
    return scaled(Math.fma(y, y + 2, 1), (int) k);
  }

  /// y · 2^k. Above 2^1023 the result is infinite even where the product is not.
  private static double scaled(double y, int k) {
    if (k > Double.MAX_EXPONENT) {
      return Double.POSITIVE_INFINITY;
    }
    int underflow = -52 - Double.MAX_EXPONENT;
    return k < underflow ? 0 : Math.scalb(y, k);
  }

  /// x^y of IEEE 754: 1^x and x^0 are 1 for every x, (-1)^±Inf is 1.
  static double pow(double x, double y) {
    if (x == 1 || y == 0) {
      return 1;
    }
    if (x == -1 && Double.isInfinite(y)) {
      return 1;
    }
    if (x == 0 || !Double.isFinite(x) || !Double.isFinite(y) || y == 1) {
      return Math.pow(x, y);
    }
    if (Math.abs(y) == 0.5) {
      return y > 0 ? Math.sqrt(x) : 1 / Math.sqrt(x);
    }
    double whole = Math.floor(Math.abs(y));
    double rest = Math.abs(y) - whole;
    if (rest != 0 && x < 0) {
      return Double.NaN;
    }
    if (whole >= 0x1p63) {
      return x == -1 ? 1 : Math.abs(x) < 1 == y > 0 ? 0 : Double.POSITIVE_INFINITY;
    }
    if (rest > 0.5) {
      rest--;
      whole++;
    }
    double fraction = rest == 0 ? 1 : exp(rest * Logarithms.log(x));
    return byWhole(x, (long) whole, fraction, y < 0);
  }

  /// x^whole · factor, or its inverse.
  private static double byWhole(double x, long whole, double factor, boolean inverse) {
    double fraction = factor;
    long scale = 0;
    long exponent = Logarithms.exponent(Math.abs(x));
    double square = Math.scalb(x, (int) -exponent);
    for (long i = whole; i != 0; i >>= 1) {
      if (Math.abs(exponent) > MAX_EXPONENT) {
        // Far beyond all doubles; a further bit is set, so that this exponent counts.
        scale += exponent;
        break;
      }
      if ((i & 1) != 0) {
        fraction *= square;
        scale += exponent;
      }
      square *= square;
      exponent *= 2;
      if (square < 0.5) {
        square += square;
        exponent--;
      }
    }
    if (inverse) {
      fraction = 1 / fraction;
      scale = -scale;
    }
    return Math.scalb(fraction, Math.clamp(scale, -10_000, 10_000));
  }
}
