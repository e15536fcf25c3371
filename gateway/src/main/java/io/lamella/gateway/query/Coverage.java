package io.lamella.gateway.query;

/// Which data a query reads.
public enum Coverage {
  /// All; the query fails where some cannot be read.
  ALL,
  /// All that can be read; a warning tells what is missing.
  READABLE,
  /// None, because the request is for other stores.
  NONE
}
