package io.lamella.promql.script;

import java.io.Serial;

/// A malformed script; the message starts with `FILE:LINE: `.
public final class ScriptException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  public ScriptException(String message) {
    super(message);
  }
}
