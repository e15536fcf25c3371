package io.lamella.gateway.http;

/// Label names in paths, escaped as Prometheus escapes UTF-8 names: the prefix `U__`, then `_hex_`
/// for a character and `__` for an underscore.
final class EscapedName {
  private EscapedName() {}

  /// The unescaped name, or the text itself where it is no valid escape.
  static String unescape(String s) {
    StringBuilder out = new StringBuilder();
    for (int i = 3; i < s.length(); ) {
      char c = s.charAt(i);
      if (c != '_') {
        out.append(c);
        i++;
        continue;
      }
      int end = s.indexOf('_', i + 1);
      if (end < 0) {
        return s;
      }
      if (end == i + 1) {
        out.append('_');
      } else {
        int code = character(s, i + 1, end);
        if (code < 0) {
          return s;
        }
        out.appendCodePoint(code);
      }
      i = end + 1;
    }
    return out.toString();
  }

  /// The character of hexadecimal digits `[from, end)`, or -1 where they are no character.
  private static int character(String s, int from, int end) {
    int code = 0;
    for (int i = from; i < end; i++) {
      int digit = s.charAt(i) < 128 ? Character.digit(s.charAt(i), 16) : -1;
      code = code << 4 | digit;
      if (digit < 0 || !Character.isValidCodePoint(code)) {
        return -1;
      }
    }
    boolean isSurrogate = code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE;
    return isSurrogate ? -1 : code;
  }
}
