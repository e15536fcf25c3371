package io.lamella.promql.ast;

import java.io.Serial;

/// The text of a tree would be too long: indentation and JSON can turn one character into a
/// thousand.
public final class TextTooLong extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /// The maximum number of characters.
  public static final int LIMIT = 1 << 24;

  private TextTooLong() {
    super("the text of the expression would pass " + LIMIT + " characters");
  }

  static void check(StringBuilder out) {
    if (out.length() > LIMIT) {
      throw new TextTooLong();
    }
  }
}
