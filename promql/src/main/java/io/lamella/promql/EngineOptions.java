package io.lamella.promql;

import io.lamella.promql.ast.Feature;
import java.time.Duration;
import java.util.Set;

/// The settings of an engine.
///
/// @param lookback maximum age of the sample that an instant selector returns
/// @param timeout maximum run time of a query
/// @param maxSamples maximum number of samples that a query holds in memory at once
/// @param subqueryStep the step of subqueries that do not set one
/// @param features enabled parts of the language that are not stable
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
