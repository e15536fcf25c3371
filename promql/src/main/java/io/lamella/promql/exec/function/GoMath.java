package io.lamella.promql.exec.function;

import io.lamella.model.Logarithms;
import io.lamella.promql.ast.FloatFunction;

/// Mathematics where Java's differs from C's and Go's, and the table of float functions.
public final class GoMath {
  private GoMath() {}

  /// The largest integer exponent that is computed by squaring.
  private static final int MAX_SQUARED_EXPONENT = 1 << 10;

  /// pow of IEEE 754: 1^x and x^0 are 1 for every x, (-1)^±Inf is 1. Small integer exponents are
  /// computed by squaring the fraction, as in Go.
  public static double pow(double x, double y) {
    if (x == 1 || y == 0) {
      return 1;
    }
    if (x == -1 && Double.isInfinite(y)) {
      return 1;
    }
    boolean isNormal = Math.abs(x) >= Double.MIN_NORMAL && Math.abs(x) <= Double.MAX_VALUE;
    if (y != Math.rint(y) || Math.abs(y) > MAX_SQUARED_EXPONENT || !isNormal) {
      return Math.pow(x, y);
    }
    long exponent = Math.getExponent(x) + 1;
    double square = Math.scalb(x, (int) -exponent);
    double fraction = 1;
    long scale = 0;
    for (int i = (int) Math.abs(y); i != 0; i >>= 1) {
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
    if (y < 0) {
      fraction = 1 / fraction;
      scale = -scale;
    }
    return Math.scalb(fraction, Math.clamp(scale, -10_000, 10_000));
  }

  /// The smaller; -Inf wins over NaN.
  public static double min(double a, double b) {
    if (a == Double.NEGATIVE_INFINITY || b == Double.NEGATIVE_INFINITY) {
      return Double.NEGATIVE_INFINITY;
    }
    return Math.min(a, b);
  }

  /// The larger; +Inf wins over NaN.
  public static double max(double a, double b) {
    if (a == Double.POSITIVE_INFINITY || b == Double.POSITIVE_INFINITY) {
      return Double.POSITIVE_INFINITY;
    }
    return Math.max(a, b);
  }

  static double asinh(double x) {
    if (x != x || Double.isInfinite(x) || x == 0) {
      return x;
    }
    double a = Math.abs(x);
    double r;
    if (a > 0x1p28) {
      r = Math.log(a) + Math.log(2);
    } else if (a > 2) {
      r = Math.log(2 * a + 1 / (Math.sqrt(a * a + 1) + a));
    } else if (a < 0x1p-28) {
      r = a;
    } else {
      r = Math.log1p(a + a * a / (1 + Math.sqrt(1 + a * a)));
    }
    return x < 0 ? -r : r;
  }

  static double acosh(double x) {
    if (x < 1 || x != x) {
      return Double.NaN;
    }
    if (x == 1) {
      return 0;
    }
    if (x >= 0x1p28) {
      return Math.log(x) + Math.log(2);
    }
    if (x > 2) {
      return Math.log(2 * x - 1 / (x + Math.sqrt(x * x - 1)));
    }
    double t = x - 1;
    return Math.log1p(t + Math.sqrt(2 * t + t * t));
  }

  static double atanh(double x) {
    if (x < -1 || x > 1 || x != x) {
      return Double.NaN;
    }
    if (x == 1) {
      return Double.POSITIVE_INFINITY;
    }
    if (x == -1) {
      return Double.NEGATIVE_INFINITY;
    }
    // Not Math.abs: -0 stays -0, as in Go.
    double a = x < 0 ? -x : x;
    double r;
    if (a < 0x1p-28) {
      r = a;
    } else if (a < 0.5) {
      double t = a + a;
      r = 0.5 * Math.log1p(t + t * a / (1 - a));
    } else {
      r = 0.5 * Math.log1p((a + a) / (1 - a));
    }
    return x < 0 ? -r : r;
  }

  public static double round(double v, double to) {
    double inverse = 1 / to;
    return Math.floor(v * inverse + 0.5) / inverse;
  }

  static double sgn(double v) {
    return v < 0 ? -1 : v > 0 ? 1 : v;
  }

  /// The computation of a float function.
  public static FloatMap.OfValue function(FloatFunction f) {
    return switch (f) {
      case ABS -> Math::abs;
      case CEIL -> Math::ceil;
      case FLOOR -> Math::floor;
      case EXP -> Math::exp;
      case SQRT -> Math::sqrt;
      case LN -> Logarithms::log;
      case LOG2 -> Logarithms::log2;
      case LOG10 -> Logarithms::log10;
      case SIN -> Math::sin;
      case COS -> Math::cos;
      case TAN -> Math::tan;
      case ASIN -> Math::asin;
      case ACOS -> Math::acos;
      case ATAN -> Math::atan;
      case SINH -> Math::sinh;
      case COSH -> Math::cosh;
      case TANH -> Math::tanh;
      case ASINH -> GoMath::asinh;
      case ACOSH -> GoMath::acosh;
      case ATANH -> GoMath::atanh;
      case DEG -> v -> v * 180 / Math.PI;
      case RAD -> v -> v * Math.PI / 180;
      case SGN -> GoMath::sgn;
    };
  }
}
