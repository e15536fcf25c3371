package io.lamella.promql.exec.function;

/// Arctangent as Cephes computes it (S. Moshier, `atan.c`), and arcsine, arccosine and the angle of
/// a point by it. The order of operations is that of Go, so the bits are the same.
final class InverseTrigonometry {
  private static final double[] ARCTANGENT = {
    -8.750608600031904122785e-01,
    -1.615753718733365076637e+01,
    -7.500855792314704667340e+01,
    -1.228866684490136173410e+02,
    -6.485021904942025371773e+01
  };

  /// The leading coefficient, 1, is left out.
  private static final double[] DIVISOR = {
    2.485846490142306297962e+01,
    1.650270098316988542046e+02,
    4.328810604912902668951e+02,
    4.853903996359136964868e+02,
    1.945506571482613964425e+02
  };

  private static final double TAN_3_PI_8 = 2.41421356237309504880;

  /// What the double of π/2 lacks.
  private static final double MORE_BITS = 6.123233995736765886130e-17;

  private InverseTrigonometry() {}

  static double atan(double x) {
    if (x == 0 || x != x) {
      return x;
    }
    return x > 0 ? positive(x) : -positive(-x);
  }

  private static double positive(double x) {
    if (x <= 0.66) {
      return reduced(x);
    }
    if (x > TAN_3_PI_8) {
      return Math.PI / 2 - reduced(1 / x) + MORE_BITS;
    }
    return Math.PI / 4 + reduced((x - 1) / (x + 1)) + 0.5 * MORE_BITS;
  }

  private static double reduced(double x) {
    double square = x * x;
    double quotient =
        square * Trigonometry.polynomial(ARCTANGENT, square) / Trigonometry.monic(DIVISOR, square);
    return x * quotient + x;
  }

  static double asin(double x) {
    if (x == 0 || x != x) {
      return x;
    }
    double a = Math.abs(x);
    if (a > 1) {
      return Double.NaN;
    }
    double other = Math.sqrt(1 - a * a);
    double angle = a > 0.7 ? Math.PI / 2 - positive(other / a) : positive(a / other);
    return x < 0 ? -angle : angle;
  }

  static double acos(double x) {
    return Math.PI / 2 - asin(x);
  }

  /// The angle of the point (x, y).
  static double atan2(double y, double x) {
    boolean onAnAxis = y == 0 || x == 0 || Double.isInfinite(x) || Double.isInfinite(y);
    if (onAnAxis || x != x || y != y) {
      // The values of IEEE 754, which the platform has exactly.
      return Math.atan2(y, x);
    }
    double angle = atan(y / x);
    if (x > 0) {
      return angle;
    }
    return angle <= 0 ? angle + Math.PI : angle - Math.PI;
  }
}
