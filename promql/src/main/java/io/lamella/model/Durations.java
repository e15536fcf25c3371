package io.lamella.model;

import java.math.BigInteger;
import java.util.Map;

/// Durations as text, as Prometheus writes them everywhere: `1h30m`, `90s`, `500ms`; units from
/// years to milliseconds, each at most once, the larger first.
public final class Durations {
  private record Unit(int position, long nanos) {}

  private static final Map<String, Unit> UNITS =
      Map.of(
          "ms", new Unit(7, 1_000_000L),
          "s", new Unit(6, 1_000_000_000L),
          "m", new Unit(5, 60_000_000_000L),
          "h", new Unit(4, 3_600_000_000_000L),
          "d", new Unit(3, 86_400_000_000_000L),
          "w", new Unit(2, 604_800_000_000_000L),
          "y", new Unit(1, 31_536_000_000_000_000L));

  private Durations() {}

  /// Parses a duration such as `1h30m` to milliseconds; `0` needs no unit.
  ///
  /// @throws IllegalArgumentException where the text is no duration; the message is Prometheus'
  public static long parseMillis(String text) {
    return parseNanos(text) / 1_000_000;
  }

  /// Parses a duration such as `1h30m` to nanoseconds, less than 2^63; `0` needs no unit.
  ///
  /// @throws IllegalArgumentException where the text is no duration; the message is Prometheus'
  public static long parseNanos(String text) {
    if (text.equals("0")) {
      return 0;
    }
    if (text.isEmpty()) {
      throw new IllegalArgumentException("empty duration string");
    }
    BigInteger total = BigInteger.ZERO;
    int last = 0;
    int i = 0;
    while (i < text.length()) {
      int from = i;
      while (i < text.length() && isDigit(text.charAt(i))) {
        i++;
      }
      int number = i;
      while (i < text.length() && !isDigit(text.charAt(i))) {
        i++;
      }
      if (number == from || number == i) {
        throw new IllegalArgumentException("not a valid duration string: " + GoQuote.quote(text));
      }
      String name = text.substring(number, i);
      Unit unit = UNITS.get(name);
      if (unit == null) {
        throw new IllegalArgumentException(
            "unknown unit " + GoQuote.quote(name) + " in duration " + GoQuote.quote(text));
      }
      while (from < number - 1 && text.charAt(from) == '0') {
        from++;
      }
      // 2^64 has 20 digits; longer numbers are not calculated with, as that takes time.
      if (unit.position() <= last || number - from > 20) {
        throw new IllegalArgumentException("not a valid duration string: " + GoQuote.quote(text));
      }
      BigInteger n = new BigInteger(text.substring(from, number));
      if (n.bitLength() > 64) {
        throw new IllegalArgumentException("not a valid duration string: " + GoQuote.quote(text));
      }
      last = unit.position();
      total = total.add(n.multiply(BigInteger.valueOf(unit.nanos())));
      if (total.bitLength() > 63) {
        throw new IllegalArgumentException("duration out of range");
      }
    }
    return total.longValueExact();
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
