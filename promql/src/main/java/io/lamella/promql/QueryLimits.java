package io.lamella.promql;

import java.time.Duration;
import java.util.Optional;

/// What one query asks for instead of the engine's options.
///
/// @param maxSamples held in memory at once; the engine's own limit holds besides
public record QueryLimits(
    Optional<Duration> lookback, Optional<Duration> timeout, Optional<Long> maxSamples) {
  public static final QueryLimits NONE =
      new QueryLimits(Optional.empty(), Optional.empty(), Optional.empty());

  public QueryLimits(Optional<Duration> lookback, Optional<Duration> timeout) {
    this(lookback, timeout, Optional.empty());
  }
}
