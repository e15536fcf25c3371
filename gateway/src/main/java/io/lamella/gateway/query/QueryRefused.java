package io.lamella.gateway.query;

import java.io.Serial;
import java.time.Duration;

/// A query that was not admitted because too many others run and wait. Sending it again later may
/// help.
public final class QueryRefused extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  /// @param retryAfter when to try again, in whole seconds
  public QueryRefused(String message, Duration retryAfter) {
    super(message, null, false, false);
    this.retryAfter = retryAfter;
  }

  public Duration retryAfter() {
    return retryAfter;
  }
}
