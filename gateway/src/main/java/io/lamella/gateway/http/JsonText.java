package io.lamella.gateway.http;

import io.lamella.model.Labels;

/// JSON text as Prometheus writes it: UTF-8 unescaped, `<`, `>` and `&` as they are, what is no
/// valid Unicode as U+FFFD.
final class JsonText {
  private JsonText() {}

  static void string(StringBuilder out, String s) {
    out.append('"');
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
        out.append(c);
        continue;
      }
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\u2028', '\u2029' -> out.append(String.format("\\u%04x", (int) c));
        default -> {
          if (c < 0x20) {
            out.append(String.format("\\u%04x", (int) c));
          } else if (Character.isHighSurrogate(c)
              && i + 1 < s.length()
              && Character.isLowSurrogate(s.charAt(i + 1))) {
            out.append(c).append(s.charAt(++i));
          } else {
            out.append(Character.isSurrogate(c) ? '\ufffd' : c);
          }
        }
      }
    }
    out.append('"');
  }

  static void labels(StringBuilder out, Labels labels) {
    out.append('{');
    for (int i = 0; i < labels.size(); i++) {
      if (i > 0) {
        out.append(',');
      }
      string(out, labels.name(i));
      out.append(':');
      string(out, labels.value(i));
    }
    out.append('}');
  }

  static void strings(StringBuilder out, Iterable<String> all) {
    out.append('[');
    String comma = "";
    for (String s : all) {
      out.append(comma);
      string(out, s);
      comma = ",";
    }
    out.append(']');
  }
}
