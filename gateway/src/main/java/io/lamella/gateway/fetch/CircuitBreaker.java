package io.lamella.gateway.fetch;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// A circuit breaker. After a number of failures in a row it is open: no request is allowed during
/// a pause. Then one request probes. If it succeeds, the breaker is closed again; if it fails, the
/// next pause is twice as long, up to a limit.
final class CircuitBreaker {
  private final Thresholds thresholds;
  private final InstantSource clock;
  private int failures;
  private Duration pause;
  private Instant openUntil = Instant.MIN;
  private boolean probing;

  /// @param failures in a row that open the breaker
  /// @param pause after which a request probes; doubled each time up to `longestPause`
  record Thresholds(int failures, Duration pause, Duration longestPause) {
    static final Thresholds DEFAULT =
        new Thresholds(5, Duration.ofSeconds(10), Duration.ofMinutes(5));
  }

  CircuitBreaker(Thresholds thresholds, InstantSource clock) {
    this.thresholds = thresholds;
    this.clock = clock;
    this.pause = thresholds.pause();
  }

  /// Whether a request may be sent. Where it may, the caller reports its outcome: [#succeeded],
  /// [#failed] or [#abandoned].
  synchronized boolean allowsRequest() {
    if (failures < thresholds.failures()) {
      return true;
    }
    if (probing || clock.instant().isBefore(openUntil)) {
      return false;
    }
    probing = true;
    return true;
  }

  synchronized void succeeded() {
    failures = 0;
    probing = false;
    pause = thresholds.pause();
  }

  synchronized void failed() {
    boolean wasOpen = failures >= thresholds.failures();
    failures++;
    if (failures < thresholds.failures() || wasOpen && !probing) {
      return;
    }
    probing = false;
    openUntil = clock.instant().plus(pause);
    Duration longer = pause.multipliedBy(2);
    pause = longer.compareTo(thresholds.longestPause()) < 0 ? longer : thresholds.longestPause();
  }

  /// The request ended without an outcome, as a cancelled one does.
  synchronized void abandoned() {
    probing = false;
  }

  synchronized boolean isOpen() {
    return failures >= thresholds.failures();
  }
}
