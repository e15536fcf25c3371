package io.lamella.gateway.fetch;

/// How many second requests may still be sent: each read earns its share of one, up to a reserve.
final class HedgeBudget {
  /// Second requests that may be saved up for a wave of many reads.
  static final int RESERVE = 64;

  /// From here on there is enough to be free with it.
  private static final int PLENTY = 4;

  private final double share;
  private double saved;

  HedgeBudget(double share) {
    this.share = share;
  }

  synchronized void earn() {
    saved = Math.min(RESERVE, saved + share);
  }

  synchronized boolean take() {
    if (saved < 1) {
      return false;
    }
    saved -= 1;
    return true;
  }

  /// Whether there is enough to be free with it.
  synchronized boolean isPlenty() {
    return saved >= PLENTY;
  }
}
