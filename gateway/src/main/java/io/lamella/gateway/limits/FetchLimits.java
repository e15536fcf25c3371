package io.lamella.gateway.limits;

/// How much one query may read.
///
/// @param maxSeries series that its selectors may match together
/// @param maxBytes compressed bytes of pages that it may fetch
/// @param maxReads ranged reads that it may send
public record FetchLimits(long maxSeries, long maxBytes, long maxReads) {
  public static final FetchLimits DEFAULT = new FetchLimits(1_000_000, 1L << 30, 20_000);

  /// No limit at all.
  public static final FetchLimits NONE =
      new FetchLimits(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);

  /// The lower of both values for each limit.
  public FetchLimits and(FetchLimits other) {
    return new FetchLimits(
        Math.min(maxSeries, other.maxSeries),
        Math.min(maxBytes, other.maxBytes),
        Math.min(maxReads, other.maxReads));
  }

  public FetchLimits {
    if (maxSeries < 1 || maxBytes < 1 || maxReads < 1) {
      throw new IllegalArgumentException(
          "cannot limit queries to nothing: limits must be positive");
    }
  }
}
