package io.lamella.promql.script;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.promql.parse.Literals;

/// Splits a line into a series and what follows it: `name{label="value"} items`.
final class SeriesLine {
  private final String s;
  private int pos;
  private final LabelsBuilder labels = new LabelsBuilder();

  private SeriesLine(String s) {
    this.s = s;
  }

  /// The labels and the rest of a line.
  record Parts(Labels labels, String rest) {}

  /// @throws IllegalArgumentException where the series is malformed
  static Parts parse(String line) {
    SeriesLine p = new SeriesLine(line);
    int from = p.pos;
    while (p.pos < line.length() && isNamePart(line.charAt(p.pos))) {
      p.pos++;
    }
    if (p.pos > from) {
      p.labels.set(Labels.METRIC_NAME, line.substring(from, p.pos));
    }
    if (p.pos < line.length() && line.charAt(p.pos) == '{') {
      p.pos++;
      p.braces();
    }
    return new Parts(p.labels.build(), line.substring(p.pos));
  }

  private static boolean isNamePart(char c) {
    return c == '_' || c == ':' || Character.isLetterOrDigit(c) && c < 0x80;
  }

  private void braces() {
    while (true) {
      space();
      if (pos >= s.length()) {
        throw new IllegalArgumentException("braces are not closed: " + s);
      }
      char c = s.charAt(pos);
      if (c == '}') {
        pos++;
        return;
      }
      if (c == ',') {
        pos++;
        continue;
      }
      boolean quoted = c == '"' || c == '\'' || c == '`';
      String name = quoted ? quoted() : name();
      space();
      if (pos < s.length() && s.charAt(pos) == '=') {
        pos++;
        space();
        labels.set(name, quoted());
      } else if (quoted) {
        labels.set(Labels.METRIC_NAME, name);
      } else {
        throw new IllegalArgumentException("label without a value: " + s);
      }
    }
  }

  private void space() {
    while (pos < s.length() && Character.isWhitespace(s.charAt(pos))) {
      pos++;
    }
  }

  private String name() {
    int from = pos;
    while (pos < s.length() && isNamePart(s.charAt(pos))) {
      pos++;
    }
    if (pos == from) {
      throw new IllegalArgumentException("bad label name: " + s.substring(pos));
    }
    return s.substring(from, pos);
  }

  private String quoted() {
    if (pos >= s.length()) {
      throw new IllegalArgumentException("a quoted text is missing: " + s);
    }
    char quote = s.charAt(pos);
    if (quote != '"' && quote != '\'' && quote != '`') {
      throw new IllegalArgumentException("a quoted text is missing: " + s.substring(pos));
    }
    int end = pos + 1;
    while (end < s.length() && s.charAt(end) != quote) {
      end += quote != '`' && s.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= s.length()) {
      throw new IllegalArgumentException("text is not closed: " + s.substring(pos));
    }
    String out = Literals.unquote(s.substring(pos, end + 1));
    pos = end + 1;
    return out;
  }
}
