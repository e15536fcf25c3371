package io.lamella.gateway.select;

import io.lamella.gateway.limits.QueryBudget;
import java.util.concurrent.atomic.AtomicLong;

/// The metadata of the shards that a selection has opened. What the cache of metadata has room for
/// is that cache's memory; what is beyond it only the query holds, so it is memory of the query. So
/// is metadata that is large: a few of its kind drive each other out of the cache, and each query
/// has a copy.
final class HeldMetadata {
  /// More than this part of the cache is large.
  private static final int LARGE_PART = 16;

  private final long cachedBytes;
  private final QueryBudget budget;
  private final AtomicLong small = new AtomicLong();
  private final AtomicLong large = new AtomicLong();

  HeldMetadata(long cachedBytes, QueryBudget budget) {
    this.cachedBytes = cachedBytes;
    this.budget = budget;
  }

  /// Of the query that holds it.
  QueryBudget budget() {
    return budget;
  }

  /// Counts the metadata of one shard.
  ///
  /// @param weight its bytes in memory
  /// @throws io.lamella.promql.QueryException.TooExpensive where the query has no more memory
  void add(long weight) {
    if (weight > cachedBytes / LARGE_PART) {
      budget.reserveMemoryAtOnce(weight);
      large.addAndGet(weight);
    } else {
      long now = small.addAndGet(weight);
      budget.reserveMemory(ofQuery(now) - ofQuery(now - weight));
    }
  }

  private long ofQuery(long held) {
    return Math.max(0, held - cachedBytes);
  }

  /// Gives back what is reserved, where the query goes on without these shards.
  void release() {
    budget.releaseMemory(ofQuery(small.getAndSet(0)) + large.getAndSet(0));
  }
}
