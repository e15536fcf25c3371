package io.lamella.bench.store;

/// What becomes of one request.
///
/// @param firstByteNanos how long it takes until the answer begins
record RequestEffect(long firstByteNanos, Fault fault) {
  /// What goes wrong with it.
  enum Fault {
    NONE,
    UNAVAILABLE,
    CUT,
    STALLED,
    WRONG_RANGE
  }
}
