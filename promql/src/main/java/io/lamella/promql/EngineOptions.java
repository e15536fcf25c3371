package io.lamella.promql;

import io.lamella.promql.ast.Feature;
import java.time.Duration;
import java.util.Set;

/// How an engine evaluates.
///
/// @param lookback how old the newest sample of a series may be
/// @param timeout longest time that a query may take
/// @param maxSamples most samples that a query may hold in memory at once
/// @param subqueryStep the step of a subquery written without one
/// @param features what is switched on beyond the stable language
public record EngineOptions(
    Duration lookback,
    Duration timeout,
    long maxSamples,
    Duration subqueryStep,
    Set<Feature> features) {
  public EngineOptions {
    features = Set.copyOf(features);
  }

  /// Prometheus' defaults: 5 minutes, 2 minutes, 50 million, 1 minute, no feature.
  public static EngineOptions defaults() {
    return new EngineOptions(
        Duration.ofMinutes(5), Duration.ofMinutes(2), 50_000_000, Duration.ofMinutes(1), Set.of());
  }
}
