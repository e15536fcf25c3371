package io.lamella.gateway.query;

import io.lamella.gateway.limits.QueryBudget;

/// Learns what becomes of one query.
@FunctionalInterface
public interface QueryObserver {
  QueryObserver NONE = _ -> {};

  /// The query has its permit and begins to run.
  ///
  /// @param budget on which its reads and its memory are counted from now on
  void admitted(QueryBudget budget);

  /// True while the query's client makes the server wait with its result.
  default boolean isTakenSlowly() {
    return false;
  }
}
