package io.lamella.cli;

import java.util.regex.Pattern;

/// Text of others, such as names in a request, that a terminal shows and does not act on.
final class TerminalText {
  /// Control characters (C0 and C1, which xterm obeys in UTF-8 as well), ends of lines, and what
  /// turns the direction of the text that follows.
  private static final String ACTED_ON =
      "\\p{Cc}\\p{Zl}\\p{Zp}\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069";

  private static final Pattern IN_A_LINE = Pattern.compile("[" + ACTED_ON + "]");
  private static final Pattern IN_LINES = Pattern.compile("[" + ACTED_ON + "&&[^\\n\\t]]");

  private TerminalText() {}

  /// One line.
  static String line(String text) {
    return IN_A_LINE.matcher(text).replaceAll("\ufffd");
  }

  /// Several lines.
  static String lines(String text) {
    return IN_LINES.matcher(text).replaceAll("\ufffd");
  }
}
