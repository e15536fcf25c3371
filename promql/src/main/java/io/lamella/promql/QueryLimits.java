package io.lamella.promql;

import java.time.Duration;
import java.util.Optional;

/// Options of one query that override those of the engine.
///
/// @param maxSamples maximum number of samples in memory at once; the engine's own limit applies,
///   too
/// @param memory what the query holds is reserved here
public record QueryLimits(
    Optional<Duration> lookback,
    Optional<Duration> timeout,
    Optional<Long> maxSamples,
    MemoryAccount memory) {
  public static final QueryLimits NONE =
      new QueryLimits(Optional.empty(), Optional.empty(), Optional.empty());

  public QueryLimits(
      Optional<Duration> lookback, Optional<Duration> timeout, Optional<Long> maxSamples) {
    this(lookback, timeout, maxSamples, MemoryAccount.UNLIMITED);
  }

  public QueryLimits(Optional<Duration> lookback, Optional<Duration> timeout) {
    this(lookback, timeout, Optional.empty());
  }
}
