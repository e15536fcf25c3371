package io.lamella.gateway.fetch;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// Stops asking what keeps failing. After so many failures in a row nothing passes for a while;
/// then one request tries, and its outcome decides: all pass again, or the while begins anew, twice
/// as long up to a limit.
final class CircuitBreaker {
  private final Settings settings;
  private final InstantSource clock;
  private int failures;
  private Duration pause;
  private Instant closedFrom = Instant.MIN;
  private boolean trying;

  /// @param failures in a row that open it
  /// @param pause that follows, doubled each time up to `longestPause`
  record Settings(int failures, Duration pause, Duration longestPause) {
    static final Settings DEFAULT = new Settings(5, Duration.ofSeconds(10), Duration.ofMinutes(5));
  }

  CircuitBreaker(Settings settings, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
    this.pause = settings.pause();
  }

  /// Whether a request may be sent; who is told so reports its outcome.
  synchronized boolean tryPass() {
    if (failures < settings.failures()) {
      return true;
    }
    if (trying || clock.instant().isBefore(closedFrom)) {
      return false;
    }
    trying = true;
    return true;
  }

  synchronized void succeeded() {
    failures = 0;
    trying = false;
    pause = settings.pause();
  }

  synchronized void failed() {
    boolean wasOpen = failures >= settings.failures();
    failures++;
    if (failures < settings.failures() || wasOpen && !trying) {
      return;
    }
    trying = false;
    closedFrom = clock.instant().plus(pause);
    Duration longer = pause.multipliedBy(2);
    pause = longer.compareTo(settings.longestPause()) < 0 ? longer : settings.longestPause();
  }

  /// The request ended without saying anything, as one that was cancelled.
  synchronized void saidNothing() {
    trying = false;
  }

  synchronized boolean isOpen() {
    return failures >= settings.failures();
  }
}
