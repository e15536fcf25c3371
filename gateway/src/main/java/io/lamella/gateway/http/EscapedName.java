package io.lamella.gateway.http;

/// Label names in paths, escaped as Prometheus escapes UTF-8 names: `U__` in front, `_hex_` for a
/// character, `__` for an underscore.
final class EscapedName {
  private EscapedName() {}

  /// The name, or the text as it is where it is no such escape.
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
        try {
          int code = Integer.parseInt(s.substring(i + 1, end), 16);
          if (!Character.isValidCodePoint(code)) {
            return s;
          }
          out.appendCodePoint(code);
        } catch (NumberFormatException e) {
          return s;
        }
      }
      i = end + 1;
    }
    return out.toString();
  }
}
