package io.lamella.gateway.fetch;

import io.lamella.gateway.limits.QueryBudget;

/// Which reads the [ReadScheduler] starts first, in order of precedence.
public enum ReadPriority {
  /// A query waits for the read.
  QUERY,
  /// No query waits for it yet.
  PREFETCH;

  /// The priority of the reads that are counted on a budget; it rises when a query begins to wait.
  static ReadPriority of(QueryBudget budget) {
    return budget.isPrefetch() ? PREFETCH : QUERY;
  }
}
