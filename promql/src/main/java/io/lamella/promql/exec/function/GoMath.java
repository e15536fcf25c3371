package io.lamella.promql.exec.function;

import io.lamella.model.Logarithms;
import io.lamella.promql.ast.FloatFunction;

/// Mathematics where Java's differs from Go's, and the table of float functions. All have the bits
/// that Go has on 64-bit x86.
public final class GoMath {
  private GoMath() {}

  /// The power x^y.
  public static double pow(double x, double y) {
    return Powers.pow(x, y);
  }

  /// The angle of the point (x, y).
  public static double atan2(double y, double x) {
    return InverseTrigonometry.atan2(y, x);
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
      case EXP -> Powers::exp;
      case SQRT -> Math::sqrt;
      case LN -> Logarithms::log;
      case LOG2 -> Logarithms::log2;
      case LOG10 -> Logarithms::log10;
      case SIN -> Trigonometry::sin;
      case COS -> Trigonometry::cos;
      case TAN -> Trigonometry::tan;
      case ASIN -> InverseTrigonometry::asin;
      case ACOS -> InverseTrigonometry::acos;
      case ATAN -> InverseTrigonometry::atan;
      case SINH -> Hyperbolics::sinh;
      case COSH -> Hyperbolics::cosh;
      case TANH -> Hyperbolics::tanh;
      case ASINH -> Hyperbolics::asinh;
      case ACOSH -> Hyperbolics::acosh;
      case ATANH -> Hyperbolics::atanh;
      case DEG -> v -> v * 180 / Math.PI;
      case RAD -> v -> v * Math.PI / 180;
      case SGN -> GoMath::sgn;
    };
  }
}
