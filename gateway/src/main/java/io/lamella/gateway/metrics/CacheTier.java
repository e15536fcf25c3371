package io.lamella.gateway.metrics;

import java.util.Locale;

/// A tier of the page cache.
public enum CacheTier {
  MEMORY,
  DISK;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
