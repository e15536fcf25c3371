package io.lamella.promql.plan;

import io.lamella.promql.ast.TextRange;
import java.io.Serial;

/// A duration expression without a usable value: not positive, not finite or out of range.
public final class InvalidDurationException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient TextRange place;

  InvalidDurationException(TextRange place, String message) {
    super(message);
    this.place = place;
  }

  /// The position of the duration in the query, in UTF-16 units.
  public TextRange place() {
    return place;
  }

  public String text() {
    return String.valueOf(getMessage());
  }
}
