package io.lamella.model;

import java.io.Serial;

/// A regular expression that is malformed or beyond a limit. The message reads as that of Go's
/// regexp package.
public final class InvalidRegexException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  InvalidRegexException(String message) {
    super(message);
  }

  InvalidRegexException(String message, Throwable cause) {
    super(message, cause);
  }

  public String text() {
    return String.valueOf(getMessage());
  }
}
