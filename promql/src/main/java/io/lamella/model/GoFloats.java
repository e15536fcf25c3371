package io.lamella.model;

import java.util.OptionalDouble;
import java.util.regex.Pattern;

/// Reads floats as Go's `strconv.ParseFloat` does: decimal or hexadecimal with a binary exponent,
/// single underscores between digits, `Inf`, `Infinity` and `NaN` in any case.
public final class GoFloats {
  private static final Pattern FINITE =
      Pattern.compile(
          "[+-]?(?:(?:[0-9]++(?:\\.[0-9]*+)?|\\.[0-9]++)(?:[eE][+-]?[0-9]++)?"
              + "|0[xX](?:[0-9a-fA-F]++(?:\\.[0-9a-fA-F]*+)?|\\.[0-9a-fA-F]++)[pP][+-]?[0-9]++)");
  private static final Pattern SPECIAL =
      Pattern.compile("[+-]?inf(?:inity)?|nan", Pattern.CASE_INSENSITIVE);

  private GoFloats() {}

  /// The nearest double, infinite where the number is out of range; empty where the text is not a
  /// number.
  public static OptionalDouble parse(String text) {
    if (SPECIAL.matcher(text).matches()) {
      char last = text.charAt(text.length() - 1);
      if (last == 'n' || last == 'N') {
        return OptionalDouble.of(Double.NaN);
      }
      boolean negative = text.charAt(0) == '-';
      return OptionalDouble.of(negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    }
    if (text.indexOf('_') >= 0 && !separatesDigits(text)) {
      return OptionalDouble.empty();
    }
    String digits = text.replace("_", "");
    return FINITE.matcher(digits).matches()
        ? OptionalDouble.of(Double.parseDouble(digits))
        : OptionalDouble.empty();
  }

  /// True where the text is infinite by its words, not because it is out of range.
  public static boolean isSpecial(String text) {
    return SPECIAL.matcher(text).matches();
  }

  /// True where each underscore stands between two digits, or between the prefix of a base and a
  /// digit.
  public static boolean separatesDigits(String text) {
    int from = text.startsWith("+") || text.startsWith("-") ? 1 : 0;
    boolean hex = text.startsWith("0x", from) || text.startsWith("0X", from);
    for (int i = text.indexOf('_'); i >= 0; i = text.indexOf('_', i + 1)) {
      boolean afterPrefix = hex && i == from + 2;
      if (i + 1 == text.length()
          || !isDigit(text.charAt(i + 1), hex)
          || i == from
          || !afterPrefix && !isDigit(text.charAt(i - 1), hex)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isDigit(char c, boolean hex) {
    return c >= '0' && c <= '9' || hex && (c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F');
  }
}
