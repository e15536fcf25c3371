package io.lamella.promql.parse;

import io.lamella.model.Durations;
import io.lamella.model.GoFloats;
import io.lamella.model.GoQuote;
import io.lamella.model.Utf8Order;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/// Parses the values of literals: numbers, durations, strings.
public final class Literals {
  private Literals() {}

  /// A literal without a valid value; the message has the reason.
  public static final class BadLiteral extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1L;

    BadLiteral(String message) {
      super(message, null, false, false);
    }

    public String text() {
      return String.valueOf(getMessage());
    }
  }

  /// Nanoseconds of `1h30m`; `0` needs no unit.
  public static long durationNanos(String text) throws BadLiteral {
    try {
      return Durations.parseNanos(text);
    } catch (IllegalArgumentException e) {
      throw new BadLiteral(String.valueOf(e.getMessage()));
    }
  }

  /// The value of a number token.
  public static double number(String text) throws BadLiteral {
    String lower = text.toLowerCase(java.util.Locale.ROOT);
    if (lower.equals("inf")) {
      return Double.POSITIVE_INFINITY;
    }
    if (lower.equals("nan")) {
      return Double.NaN;
    }
    if (!GoFloats.separatesDigits(lower)) {
      throw syntax(text);
    }
    String plain = lower.replace("_", "");
    if (plain.startsWith("0x")) {
      String digits = plain.substring(2);
      if (digits.isEmpty() || digits.chars().anyMatch(c -> Character.digit(c, 16) < 0)) {
        throw syntax(text);
      }
      BigInteger n = new BigInteger(digits, 16);
      if (n.bitLength() > 63) {
        throw syntax(text);
      }
      return (double) n.longValueExact();
    }
    if (plain.length() > 1 && plain.charAt(0) == '0' && isOctal(plain)) {
      BigInteger n = new BigInteger(plain, 8);
      if (n.bitLength() <= 63) {
        return (double) n.longValueExact();
      }
    }
    double v;
    try {
      v = Double.parseDouble(plain);
    } catch (NumberFormatException e) {
      throw syntax(text);
    }
    if (Double.isInfinite(v)) {
      throw new BadLiteral(
          "error parsing number: strconv.ParseFloat: parsing "
              + GoQuote.quote(text)
              + ": value out of range");
    }
    return v;
  }

  private static boolean isOctal(String s) {
    return s.chars().allMatch(c -> c >= '0' && c <= '7');
  }

  private static BadLiteral syntax(String text) {
    return new BadLiteral(
        "error parsing number: strconv.ParseFloat: parsing "
            + GoQuote.quote(text)
            + ": invalid syntax");
  }

  /// The value of a string literal; `quoted` includes the quotes. Escapes must be well-formed;
  /// bytes that are not UTF-8 are represented as in [io.lamella.model.Utf8Order].
  public static String unquote(String quoted) {
    String body = quoted.substring(1, quoted.length() - 1);
    if (quoted.charAt(0) == '`') {
      return body;
    }
    if (body.indexOf('\\') < 0) {
      return body;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.length());
    int i = 0;
    while (i < body.length()) {
      int c = body.codePointAt(i);
      i += Character.charCount(c);
      if (c != '\\') {
        write(out, c);
        continue;
      }
      char e = body.charAt(i++);
      switch (e) {
        case 'a' -> out.write(7);
        case 'b' -> out.write('\b');
        case 'f' -> out.write('\f');
        case 'n' -> out.write('\n');
        case 'r' -> out.write('\r');
        case 't' -> out.write('\t');
        case 'v' -> out.write(11);
        case 'x' -> {
          out.write(Integer.parseInt(body.substring(i, i + 2), 16));
          i += 2;
        }
        case 'u' -> {
          write(out, Integer.parseInt(body.substring(i, i + 4), 16));
          i += 4;
        }
        case 'U' -> {
          write(out, (int) Long.parseLong(body.substring(i, i + 8), 16));
          i += 8;
        }
        case '0', '1', '2', '3', '4', '5', '6', '7' -> {
          out.write(Integer.parseInt(body.substring(i - 1, i + 2), 8));
          i += 2;
        }
        default -> write(out, e);
      }
    }
    byte[] bytes = out.toByteArray();
    return Utf8Order.decode(bytes, 0, bytes.length);
  }

  private static void write(ByteArrayOutputStream out, int codePoint) {
    out.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
  }
}
