package io.lamella.promql.exec.function;

import io.lamella.model.Logarithms;

/// Hyperbolic functions and their inverses with the bits of Go: sinh by Hart and Cheney's quotient
/// no. 2029, tanh by that of Cephes (`tanh.c`), both near 0, elsewhere by [Powers#exp]; the
/// inverses by logarithms as in FreeBSD's msun (`s_asinh.c`, `e_acosh.c`, `e_atanh.c`).
final class Hyperbolics {
  private static final double[] SINH = {
    -0.2630563213397497062819489e+2,
    -0.2894211355989563807284660366e+4,
    -0.8991272022039509355398013511e+5,
    -0.6307673640497716991184787251e+6
  };
  private static final double[] SINH_DIVISOR = {
    -0.173678953558233699533450911e+3,
    0.1521517378790019070696485176e+5,
    -0.6307673640497716991212077277e+6
  };
  private static final double[] TANH = {
    -9.64399179425052238628e-1, -9.92877231001918586564e1, -1.61468768441708447952e3
  };
  private static final double[] TANH_DIVISOR = {
    1.12811678491632931402e2, 2.23548839060100448583e3, 4.84406305325125486048e3
  };

  /// From here on exp(-x) no longer matters for exp(x).
  private static final double ALL_EXP = 21;

  /// ln(2^127) / 2: from here on tanh is 1.
  private static final double TANH_IS_ONE = 0.5 * 8.8029691931113054295988e+01;

  private static final double LN_2 = 6.93147180559945286227e-01;
  private static final double LARGE = 0x1p28;
  private static final double NEAR_ZERO = 0x1p-28;

  private Hyperbolics() {}

  static double sinh(double x) {
    // Not Math.abs: -0 stays -0.
    double a = x < 0 ? -x : x;
    double y;
    if (a > ALL_EXP) {
      y = Powers.exp(a) * 0.5;
    } else if (a > 0.5) {
      double e = Powers.exp(a);
      y = (e - 1 / e) * 0.5;
    } else {
      double square = a * a;
      y = Trigonometry.polynomial(SINH, square) * a / Trigonometry.monic(SINH_DIVISOR, square);
    }
    return x < 0 ? -y : y;
  }

  static double cosh(double x) {
    double a = Math.abs(x);
    double e = Powers.exp(a);
    return a > ALL_EXP ? e * 0.5 : (e + 1 / e) * 0.5;
  }

  static double tanh(double x) {
    double a = Math.abs(x);
    if (a > TANH_IS_ONE) {
      return Math.copySign(1, x);
    }
    if (a >= 0.625) {
      double y = 1 - 2 / (Powers.exp(2 * a) + 1);
      return x < 0 ? -y : y;
    }
    if (x == 0) {
      return x;
    }
    double square = x * x;
    return x
        + x
            * square
            * Trigonometry.polynomial(TANH, square)
            / Trigonometry.monic(TANH_DIVISOR, square);
  }

  static double asinh(double x) {
    if (x != x || Double.isInfinite(x)) {
      return x;
    }
    double a = x < 0 ? -x : x;
    double y;
    if (a > LARGE) {
      y = Logarithms.log(a) + LN_2;
    } else if (a > 2) {
      y = Logarithms.log(2 * a + 1 / (Math.sqrt(a * a + 1) + a));
    } else if (a < NEAR_ZERO) {
      y = a;
    } else {
      y = Logarithms.log1p(a + a * a / (1 + Math.sqrt(1 + a * a)));
    }
    return x < 0 ? -y : y;
  }

  static double acosh(double x) {
    if (x < 1 || x != x) {
      return Double.NaN;
    }
    if (x == 1) {
      return 0;
    }
    if (x >= LARGE) {
      return Logarithms.log(x) + LN_2;
    }
    if (x > 2) {
      return Logarithms.log(2 * x - 1 / (x + Math.sqrt(x * x - 1)));
    }
    double t = x - 1;
    return Logarithms.log1p(t + Math.sqrt(2 * t + t * t));
  }

  static double atanh(double x) {
    if (x < -1 || x > 1 || x != x) {
      return Double.NaN;
    }
    if (Math.abs(x) == 1) {
      return x * Double.POSITIVE_INFINITY;
    }
    double a = x < 0 ? -x : x;
    double y;
    if (a < NEAR_ZERO) {
      y = a;
    } else if (a < 0.5) {
      double twice = a + a;
      y = 0.5 * Logarithms.log1p(twice + twice * a / (1 - a));
    } else {
      y = 0.5 * Logarithms.log1p((a + a) / (1 - a));
    }
    return x < 0 ? -y : y;
  }
}
