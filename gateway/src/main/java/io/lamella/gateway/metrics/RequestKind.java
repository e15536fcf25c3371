package io.lamella.gateway.metrics;

import java.util.Locale;

/// What a request to the store is sent and billed for.
public enum RequestKind {
  /// Reads an object; retries count as well.
  READ,
  /// Reads what a slower request is reading, too.
  HEDGE,
  /// Lists a page of keys.
  LIST;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
