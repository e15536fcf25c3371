package io.lamella.gateway.metrics;

import java.util.Locale;

/// Where cached pages lie.
public enum CacheTier {
  MEMORY,
  DISK;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
