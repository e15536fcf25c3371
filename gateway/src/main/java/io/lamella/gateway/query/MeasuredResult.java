package io.lamella.gateway.query;

import io.lamella.gateway.explain.QueryTrace;
import io.lamella.gateway.limits.QueryBudget;
import java.time.Duration;
import java.util.Optional;

/// A result and what it took.
///
/// @param used of the store and the caches
/// @param trace of the query, where it was to be explained
/// @param queued time until the query was admitted
/// @param ran time from then until the result was there
public record MeasuredResult<T>(
    T value, QueryBudget.Used used, Optional<QueryTrace> trace, Duration queued, Duration ran) {
  /// A result that was there already.
  static <T> MeasuredResult<T> cached(T value) {
    return new MeasuredResult<>(
        value, QueryBudget.Used.NOTHING, Optional.empty(), Duration.ZERO, Duration.ZERO);
  }
}
