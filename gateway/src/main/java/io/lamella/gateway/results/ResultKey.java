package io.lamella.gateway.results;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// The key of a cached result: everything that a result depends on except the data.
///
/// @param startMillis first instant of the evaluation, `endMillis` the last, both included
/// @param stepMillis 0 for an instant query
/// @param lookback of the request, where it sets one
/// @param replicaLabels whose replicas are read as one
public record ResultKey(
    String query,
    long startMillis,
    long endMillis,
    long stepMillis,
    Optional<Duration> lookback,
    Set<String> replicaLabels) {
  public ResultKey(
      String query,
      long startMillis,
      long endMillis,
      long stepMillis,
      Optional<Duration> lookback) {
    this(query, startMillis, endMillis, stepMillis, lookback, Set.of());
  }
}
