package io.lamella.gateway.web;

import java.util.function.LongSupplier;

/// Keeps requests to a rate, which may change, by a token bucket. Thread-safe.
public final class RequestLimiter {
  private final LongSupplier nanos;

  /// When the bucket would be full again, in the time of the clock.
  private long fullAtNanos;

  /// @param nanos a clock
  public RequestLimiter(LongSupplier nanos) {
    this.nanos = nanos;
    this.fullAtNanos = nanos.getAsLong();
  }

  /// Takes a token.
  ///
  /// @return false where there is none
  public synchronized boolean tryAcquire(RequestRate rate) {
    long now = nanos.getAsLong();
    long interval = rate.interval().toNanos();
    long missing = Math.max(0, fullAtNanos - now);
    if (missing / interval >= rate.burst() - (missing % interval == 0 ? 0 : 1)) {
      return false;
    }
    fullAtNanos = now + missing + interval;
    return true;
  }
}
