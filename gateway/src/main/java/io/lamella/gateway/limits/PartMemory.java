package io.lamella.gateway.limits;

import io.lamella.promql.MemoryAccount;
import io.lamella.promql.QueryException;

/// The memory that a part of a query holds, on the account of the query. What is left of it when
/// the part ends is given back then; what threads of the part do after that changes nothing.
/// Thread-safe.
final class PartMemory implements MemoryAccount {
  private final MemoryPool.Lease query;
  private long held;
  private boolean ended;

  PartMemory(MemoryPool.Lease query) {
    this.query = query;
  }

  /// @throws QueryException.Cancelled where the part has ended, or as [MemoryPool.Lease#reserve]
  @Override
  public void reserve(long bytes) {
    query.reserve(bytes);
    add(bytes);
  }

  @Override
  public boolean tryReserve(long bytes) {
    if (!query.tryReserve(bytes)) {
      return false;
    }
    add(bytes);
    return true;
  }

  /// As [MemoryPool.Lease#reserveAtOnce].
  void reserveAtOnce(long bytes) {
    query.reserveAtOnce(bytes);
    add(bytes);
  }

  private synchronized void add(long bytes) {
    if (ended) {
      query.release(bytes);
      throw new QueryException.Cancelled("part of the query has ended");
    }
    held += bytes;
  }

  @Override
  public synchronized void release(long bytes) {
    if (!ended) {
      query.release(bytes);
      held -= bytes;
    }
  }

  synchronized void end() {
    ended = true;
    query.release(held);
    held = 0;
  }
}
