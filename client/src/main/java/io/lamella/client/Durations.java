package io.lamella.client;

import java.time.Duration;

/// Durations as Prometheus writes them.
final class Durations {
  private Durations() {}

  static String text(Duration d) {
    return d.toMillis() % 1000 == 0 ? d.toSeconds() + "s" : d.toMillis() + "ms";
  }
}
