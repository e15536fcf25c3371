package io.lamella.storage.object;

/// How many requests of the whole process may be retried: each request earns a share of a retry, up
/// to a burst. So a store in trouble receives at most that share more requests than on a good day.
///
/// Hedged requests, which have a limit of their own, stop as soon as half of the burst is used up:
/// they are a luxury of good days.
public final class RetryBudget {
  /// Retries per request.
  public static final double DEFAULT_SHARE = 0.1;

  /// Retries that may be saved up.
  public static final int DEFAULT_BURST = 20;

  private final double share;
  private final double burst;
  private double saved;

  /// @param share of a retry that each request earns, 0 to 1
  /// @param burst retries that may be saved up; so many are saved at the start
  public RetryBudget(double share, int burst) {
    if (!(share >= 0 && share <= 1) || burst < 1) {
      throw new IllegalArgumentException(
          "cannot allow retries as a share of "
              + share
              + " with a burst of "
              + burst
              + ": the share is between 0 and 1, the burst positive");
    }
    this.share = share;
    this.burst = burst;
    this.saved = burst;
  }

  /// A budget that allows every retry.
  public static RetryBudget unlimited() {
    return new RetryBudget(1, Integer.MAX_VALUE);
  }

  /// Counts a request that is no retry and no hedged request.
  public synchronized void earn() {
    saved = Math.min(burst, saved + share);
  }

  /// Takes the budget for a retry.
  ///
  /// @return false where the budget is used up
  public synchronized boolean takeForRetry() {
    if (saved < 1) {
      return false;
    }
    saved -= 1;
    return true;
  }

  /// Whether so few requests are retried that others may be hedged.
  public synchronized boolean allowsHedge() {
    return saved >= burst / 2;
  }

  /// Retries that are saved up.
  public synchronized double saved() {
    return saved;
  }
}
