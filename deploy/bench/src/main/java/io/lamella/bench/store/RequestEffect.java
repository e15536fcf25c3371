package io.lamella.bench.store;

/// How the model treats one request.
///
/// @param firstByteNanos time until the first byte of the response
record RequestEffect(long firstByteNanos, Fault fault) {
  /// A failure that the model injects.
  enum Fault {
    NONE,
    UNAVAILABLE,
    CUT,
    STALLED,
    WRONG_RANGE
  }
}
