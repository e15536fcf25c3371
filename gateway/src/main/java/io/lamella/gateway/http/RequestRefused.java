package io.lamella.gateway.http;

import java.io.Serial;

/// A request that is refused before it is a query, with its HTTP status.
final class RequestRefused extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final int status;

  RequestRefused(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  int status() {
    return status;
  }
}
