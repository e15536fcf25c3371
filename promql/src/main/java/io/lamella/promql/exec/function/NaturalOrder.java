package io.lamella.promql.exec.function;

import io.lamella.model.Utf8Order;

/// The natural order of label values: texts are split into runs of digits and runs of other
/// characters; runs of digits that fit 64 bits compare as numbers, all others as texts.
final class NaturalOrder {
  /// The longest run of digits that surely fits 64 bits.
  private static final int MAX_SURE_DIGITS = 18;

  private NaturalOrder() {}

  /// True where `a` comes before `b`. Of equal numbers, such as `1` and `01`, each comes before the
  /// other one; an empty text comes neither before nor after any other.
  static boolean precedes(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length()) {
      if (j >= b.length()) {
        return false;
      }
      int endA = endOfRun(a, i);
      int endB = endOfRun(b, j);
      int c = compare(a.substring(i, endA), b.substring(j, endB));
      if (c != 0) {
        return c < 0;
      }
      if (endA == a.length()) {
        return true;
      }
      if (endB == b.length()) {
        return false;
      }
      i = endA;
      j = endB;
    }
    return false;
  }

  private static int compare(String x, String y) {
    return fits(x) && fits(y)
        ? Long.compare(Long.parseLong(x), Long.parseLong(y))
        : Utf8Order.compare(x, y);
  }

  /// True where a run is a number of 64 bits.
  private static boolean fits(String run) {
    if (!isDigit(run.charAt(0))) {
      return false;
    }
    if (run.length() <= MAX_SURE_DIGITS) {
      return true;
    }
    try {
      return Long.parseLong(run) >= 0;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static int endOfRun(String s, int from) {
    boolean digits = isDigit(s.charAt(from));
    int i = from + 1;
    while (i < s.length() && isDigit(s.charAt(i)) == digits) {
      i++;
    }
    return i;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
