package io.lamella.gateway.metrics;

import java.util.Locale;

/// Why a query failed.
public enum QueryFailure {
  /// A parameter, the expression or the request itself.
  BAD_QUERY,
  EXECUTION,
  /// It would exceed a limit of samples, series, reads or memory.
  TOO_EXPENSIVE,
  /// Too many others run and wait.
  REFUSED,
  TIMEOUT_IN_QUEUE,
  TIMEOUT,
  CANCELED,
  /// By an administrator, or because the process stopped.
  KILLED,
  STORAGE_UNAVAILABLE,
  CORRUPT_BLOCK,
  INTERNAL;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
