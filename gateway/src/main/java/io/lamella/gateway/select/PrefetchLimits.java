package io.lamella.gateway.select;

/// How much [LabelPrefetch] fetches.
///
/// @param labelBytes of label pages; 0 for none
/// @param manifestBytes of manifests, compressed; 0 for none
public record PrefetchLimits(long labelBytes, long manifestBytes) {
  public static final PrefetchLimits NOTHING = new PrefetchLimits(0, 0);
}
