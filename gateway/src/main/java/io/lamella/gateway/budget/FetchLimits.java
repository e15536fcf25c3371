package io.lamella.gateway.budget;

/// The most that one query may use of the store and of memory.
///
/// @param maxSeries series that its selectors may match together
/// @param maxBytes compressed bytes of pages that it may fetch
/// @param maxReads ranged reads that it may send
public record FetchLimits(long maxSeries, long maxBytes, long maxReads) {
  public static final FetchLimits DEFAULT = new FetchLimits(1_000_000, 1L << 30, 20_000);

  /// Ceilings that are no obstacle.
  public static final FetchLimits NONE =
      new FetchLimits(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);

  /// The lower one of each.
  public FetchLimits and(FetchLimits o) {
    return new FetchLimits(
        Math.min(maxSeries, o.maxSeries),
        Math.min(maxBytes, o.maxBytes),
        Math.min(maxReads, o.maxReads));
  }

  public FetchLimits {
    if (maxSeries < 1 || maxBytes < 1 || maxReads < 1) {
      throw new IllegalArgumentException(
          "cannot limit queries to nothing: limits must be positive");
    }
  }
}
