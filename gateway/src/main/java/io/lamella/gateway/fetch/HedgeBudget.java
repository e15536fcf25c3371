package io.lamella.gateway.fetch;

/// How many hedged requests may be sent: each read earns a share of one, up to a reserve.
final class HedgeBudget {
  /// Hedged requests that may be saved up for a batch of many reads.
  static final int RESERVE = 64;

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
}
