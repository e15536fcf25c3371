package io.lamella.promql.parse;

import java.io.Serial;

/// The first thing that is wrong in a text, and where: a UTF-16 position.
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
