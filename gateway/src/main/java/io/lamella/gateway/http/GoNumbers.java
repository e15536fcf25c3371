package io.lamella.gateway.http;

import io.lamella.promql.ast.Numbers;

/// Numbers as Prometheus' JSON shows them: the shortest decimal that reads back the same, with an
/// exponent of at least two digits below 1e-6 and from 1e21 on.
final class GoNumbers {
  private GoNumbers() {}

  /// Appends a sample value: `1`, `0.25`, `1e-07`, `NaN`, `+Inf`.
  static void append(StringBuilder out, double v) {
    if (v == (long) v && Math.abs(v) < 1e15) {
      if (v == 0 && 1 / v < 0) {
        out.append("-0");
      } else {
        out.append((long) v);
      }
      return;
    }
    if (v != v) {
      out.append("NaN");
      return;
    }
    if (Double.isInfinite(v)) {
      out.append(v > 0 ? "+Inf" : "-Inf");
      return;
    }
    String s = Numbers.shortest(Math.abs(v));
    if (v < 0) {
      out.append('-');
    }
    double a = Math.abs(v);
    if (a >= 1e-3 && a < 1e7) {
      // Java's plain form; its digits are the shortest since JDK 19.
      out.append(s, 0, s.endsWith(".0") ? s.length() - 2 : s.length());
      return;
    }
    scientific(out, s, a < 1e-6 || a >= 1e21);
  }

  /// Rewrites Java's `d.dddE±x`.
  private static void scientific(StringBuilder out, String s, boolean exponentForm) {
    int e = s.indexOf('E');
    int exponent = Integer.parseInt(s.substring(e + 1));
    String digits = s.charAt(0) + (s.startsWith(".0E", 1) ? "" : s.substring(2, e));
    if (exponentForm) {
      out.append(digits.charAt(0));
      if (digits.length() > 1) {
        out.append('.').append(digits, 1, digits.length());
      }
      out.append('e').append(exponent < 0 ? '-' : '+');
      int x = Math.abs(exponent);
      if (x < 10) {
        out.append('0');
      }
      out.append(x);
    } else if (exponent < 0) {
      out.append("0.").repeat('0', -exponent - 1).append(digits);
    } else if (digits.length() <= exponent + 1) {
      out.append(digits).repeat('0', exponent + 1 - digits.length());
    } else {
      out.append(digits, 0, exponent + 1).append('.').append(digits, exponent + 1, digits.length());
    }
  }

  /// Appends a time in seconds: whole, or with exactly three digits.
  static void appendTime(StringBuilder out, long millis) {
    if (millis < 0) {
      out.append('-');
    }
    out.append(Math.abs(millis / 1000));
    int rest = (int) Math.abs(millis % 1000);
    if (rest != 0) {
      out.append('.')
          .append((char) ('0' + rest / 100))
          .append((char) ('0' + rest / 10 % 10))
          .append((char) ('0' + rest % 10));
    }
  }
}
