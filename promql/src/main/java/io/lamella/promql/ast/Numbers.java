package io.lamella.promql.ast;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/// Formats numbers as Go does.
public final class Numbers {
  private Numbers() {}

  /// Shortest decimal that reads back the same, without an exponent (Go's 'f', -1).
  public static String plain(double v) {
    if (v != v) {
      return "NaN";
    }
    if (Double.isInfinite(v)) {
      return v > 0 ? "+Inf" : "-Inf";
    }
    if (v == 0) {
      return 1 / v < 0 ? "-0" : "0";
    }
    if (v == (long) v && Math.abs(v) < 1e15) {
      return Long.toString((long) v);
    }
    String s = new BigDecimal(shortest(v)).toPlainString();
    if (s.indexOf('.') >= 0) {
      int end = s.length();
      while (s.charAt(end - 1) == '0') {
        end--;
      }
      if (s.charAt(end - 1) == '.') {
        end--;
      }
      s = s.substring(0, end);
    }
    return s;
  }

  /// The shortest decimal that reads back the same, in Java's notation. `Double.toString` gives at
  /// least two digits, although one is enough for the smallest numbers.
  public static String shortest(double v) {
    String s = Double.toString(v);
    int e = s.indexOf('E');
    int digits = v < 0 ? 1 : 0;
    if (e != digits + 3 || s.charAt(digits + 2) == '0') {
      return s;
    }
    String rounded =
        new BigDecimal(s).round(new MathContext(1, RoundingMode.HALF_EVEN)).unscaledValue()
            + ".0"
            + s.substring(e);
    return Double.parseDouble(rounded) == v ? rounded : s;
  }

  /// Go's `%v` and `%g` of a float64: the shortest digits, with an exponent below 1e-4 and from 1e6
  /// on.
  public static String general(double v) {
    if (v != v || Double.isInfinite(v) || v == 0) {
      return plain(v);
    }
    return general(new BigDecimal(shortest(v)), 6);
  }

  /// Go's `%.*g`: at most `digits` significant digits, with an exponent below 1e-4 and from
  /// 10^digits on.
  public static String general(double v, int digits) {
    if (v != v || Double.isInfinite(v) || v == 0) {
      return plain(v);
    }
    return general(
        new BigDecimal(v).round(new MathContext(digits, RoundingMode.HALF_EVEN)), digits);
  }

  private static String general(BigDecimal number, int exponentFrom) {
    BigDecimal d = number.stripTrailingZeros();
    int exponent = d.precision() - d.scale() - 1;
    if (exponent >= -4 && exponent < exponentFrom) {
      return d.toPlainString();
    }
    String digits = d.unscaledValue().abs().toString();
    StringBuilder out = new StringBuilder();
    if (d.signum() < 0) {
      out.append('-');
    }
    out.append(digits.charAt(0));
    if (digits.length() > 1) {
      out.append('.').append(digits, 1, digits.length());
    }
    out.append('e').append(exponent < 0 ? '-' : '+');
    int e = Math.abs(exponent);
    if (e < 10) {
      out.append('0');
    }
    return out.append(e).toString();
  }

  /// A duration as `1h30m`, from years down to milliseconds; whole days become `d` and `w` only
  /// where nothing smaller remains in them.
  public static String duration(long millis) {
    if (millis == 0) {
      return "0s";
    }
    StringBuilder out = new StringBuilder();
    long ms = millis;
    if (ms < 0) {
      out.append('-');
      ms = -ms;
    }
    ms = unit(out, ms, "y", 365L * 86_400_000, true);
    ms = unit(out, ms, "w", 7L * 86_400_000, true);
    ms = unit(out, ms, "d", 86_400_000, false);
    ms = unit(out, ms, "h", 3_600_000, false);
    ms = unit(out, ms, "m", 60_000, false);
    ms = unit(out, ms, "s", 1_000, false);
    unit(out, ms, "ms", 1, false);
    return out.toString();
  }

  private static long unit(StringBuilder out, long ms, String unit, long size, boolean exact) {
    if (exact && ms % size != 0) {
      return ms;
    }
    long n = ms / size;
    if (n > 0) {
      out.append(n).append(unit);
    }
    return ms % size;
  }
}
