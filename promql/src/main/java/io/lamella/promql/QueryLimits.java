package io.lamella.promql;

import java.time.Duration;
import java.util.Optional;

/// What one query asks for instead of the engine's options.
public record QueryLimits(Optional<Duration> lookback, Optional<Duration> timeout) {
  public static final QueryLimits NONE = new QueryLimits(Optional.empty(), Optional.empty());
}
