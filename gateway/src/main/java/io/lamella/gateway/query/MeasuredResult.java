package io.lamella.gateway.query;

import io.lamella.gateway.explain.QueryTrace;
import io.lamella.gateway.limits.QueryBudget;
import java.time.Duration;
import java.util.Optional;

/// A result and its cost.
///
/// @param used reads of the store and the caches
/// @param trace of the query, where it was to be explained
/// @param queued time until the query was admitted
/// @param ran time from admission to the complete result
public record MeasuredResult<T>(
    T value, QueryBudget.Used used, Optional<QueryTrace> trace, Duration queued, Duration ran) {
  /// A result from the results cache.
  static <T> MeasuredResult<T> cached(T value) {
    return new MeasuredResult<>(
        value, QueryBudget.Used.NOTHING, Optional.empty(), Duration.ZERO, Duration.ZERO);
  }
}
