package io.lamella.model;

/// Quotes text as Go's `strconv.Quote` does; Prometheus' messages and printed expressions use it.
public final class GoQuote {
  private static final String HEX = "0123456789abcdef";

  private GoQuote() {}

  public static String quote(String s) {
    StringBuilder out = new StringBuilder(s.length() + 2);
    append(out, s);
    return out.toString();
  }

  /// Appends the quoted form. Characters that Go does not print are written as escapes.
  public static void append(StringBuilder out, String s) {
    out.append('"');
    for (int i = 0; i < s.length(); ) {
      int c = s.codePointAt(i);
      i += Character.charCount(c);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case 0x07 -> out.append("\\a");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case 0x0b -> out.append("\\v");
        default -> {
          if (c >= 0xDC80 && c <= 0xDCFF) {
            hex(out.append("\\x"), c - 0xDC00, 2);
          } else if (isPrintable(c)) {
            out.appendCodePoint(c);
          } else if (c < 0x80) {
            hex(out.append("\\x"), c, 2);
          } else if (c < 0x10000) {
            hex(out.append("\\u"), c, 4);
          } else {
            hex(out.append("\\U"), c, 8);
          }
        }
      }
    }
    out.append('"');
  }

  private static void hex(StringBuilder out, int c, int digits) {
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
      out.append(HEX.charAt((c >> shift) & 0xf));
    }
  }

  /// Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols and the ASCII space.
  private static boolean isPrintable(int c) {
    if (c < 0x80) {
      return c >= 0x20 && c < 0x7f;
    }
    return switch (Character.getType(c)) {
      case Character.UNASSIGNED,
          Character.CONTROL,
          Character.FORMAT,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
