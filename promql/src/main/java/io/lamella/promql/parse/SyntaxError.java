package io.lamella.promql.parse;

import java.io.Serial;

/// The first syntax error in a query, with its position in UTF-16 units.
public final class SyntaxError extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final int position;

  SyntaxError(int position, String message) {
    super(message, null, false, false);
    this.position = position;
  }

  public int position() {
    return position;
  }

  public String text() {
    return String.valueOf(getMessage());
  }
}
