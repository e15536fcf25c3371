package io.lamella.gateway.fetch;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// A circuit breaker. After a number of failures in a row it is open: no request is allowed during
/// a pause. Then one request probes. If it succeeds, the breaker is closed again; if it fails, the
/// next pause is twice as long, up to a limit.
final class CircuitBreaker {
  /// A longer pause is not taken from a server's word: nothing else would end it.
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofMinutes(1);

  private final Thresholds thresholds;
  private final InstantSource clock;
  private int failures;
  private Duration pause;
  private Instant openUntil = Instant.MIN;
  private boolean probing;

  /// @param failures in a row that open the breaker
  /// @param pause after which a request probes; doubled each time up to `longestPause`
  record Thresholds(int failures, Duration pause, Duration longestPause) {
    /// Of a CDN, which the store replaces.
    static final Thresholds CDN = new Thresholds(5, Duration.ofSeconds(10), Duration.ofMinutes(5));

    /// Of the store, which nothing replaces: requests wait for the next probe.
    static final Thresholds STORE =
        new Thresholds(4, Duration.ofSeconds(1), Duration.ofSeconds(30));
  }

  /// Whether requests are allowed.
  enum State {
    CLOSED,
    /// One request probes, the others are not allowed.
    HALF_OPEN,
    OPEN
  }

  CircuitBreaker(Thresholds thresholds, InstantSource clock) {
    this.thresholds = thresholds;
    this.clock = clock;
    this.pause = thresholds.pause();
  }

  /// What a request may do. Only the outcome of the probe changes an open breaker: a request that
  /// was sent before it opened says nothing about the store's state now.
  enum Permit {
    NONE,
    ORDINARY,
    PROBE
  }

  /// Whether a request may be sent. Where it may, the caller reports its outcome with the permit:
  /// [#succeeded], [#failed] or [#abandoned].
  synchronized Permit request() {
    if (!isOpen()) {
      return Permit.ORDINARY;
    }
    if (probing || clock.instant().isBefore(openUntil)) {
      return Permit.NONE;
    }
    probing = true;
    return Permit.PROBE;
  }

  synchronized void succeeded(Permit permit) {
    if (isOpen() && permit != Permit.PROBE) {
      return;
    }
    failures = 0;
    probing = false;
    pause = thresholds.pause();
  }

  synchronized void failed(Permit permit) {
    failed(permit, Optional.empty());
  }

  /// @param retryAfter pause that the server asked for; obeyed up to a minute
  synchronized void failed(Permit permit, Optional<Duration> retryAfter) {
    if (isOpen() && permit != Permit.PROBE) {
      return;
    }
    failures++;
    if (!isOpen()) {
      return;
    }
    probing = false;
    Duration now =
        retryAfter
            .map(r -> r.compareTo(LONGEST_RETRY_AFTER) < 0 ? r : LONGEST_RETRY_AFTER)
            .filter(r -> r.compareTo(pause) > 0)
            .orElse(pause);
    openUntil = clock.instant().plus(now);
    Duration longer = pause.multipliedBy(2);
    pause = longer.compareTo(thresholds.longestPause()) < 0 ? longer : thresholds.longestPause();
  }

  /// The request ended without an outcome, as a cancelled one does.
  synchronized void abandoned(Permit permit) {
    if (permit == Permit.PROBE) {
      probing = false;
    }
  }

  synchronized boolean isOpen() {
    return failures >= thresholds.failures();
  }

  synchronized State state() {
    return !isOpen() ? State.CLOSED : probing ? State.HALF_OPEN : State.OPEN;
  }

  /// The time until a request may probe; zero where one may, or where one does.
  synchronized Duration untilProbe() {
    Duration left = Duration.between(clock.instant(), openUntil);
    return !isOpen() || probing || left.isNegative() ? Duration.ZERO : left;
  }
}
