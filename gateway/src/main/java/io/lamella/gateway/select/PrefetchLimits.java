package io.lamella.gateway.select;

import java.time.Duration;

/// How much [LabelPrefetch] fetches.
///
/// @param labelBytes of label pages; 0 for none
/// @param manifestBytes of manifests, compressed; 0 for none
/// @param beforeReady how long a gateway that has read its catalog, and could answer, waits for
///   this at most; the rest follows beside queries
public record PrefetchLimits(long labelBytes, long manifestBytes, Duration beforeReady) {
  public static final PrefetchLimits NOTHING = new PrefetchLimits(0, 0, Duration.ZERO);

  /// With as long a wait as a few reads of a distant store take.
  public PrefetchLimits(long labelBytes, long manifestBytes) {
    this(labelBytes, manifestBytes, Duration.ofMillis(700));
  }
}
