package io.lamella.promql.ast;

import java.io.Serial;

/// A tree whose text would be out of all proportion: indentation and JSON can make a thousand
/// characters of one.
public final class TextTooLong extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /// The most characters.
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
