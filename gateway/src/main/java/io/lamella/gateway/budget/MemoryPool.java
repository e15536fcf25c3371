package io.lamella.gateway.budget;

import io.lamella.promql.QueryException;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The memory that all queries together may hold for what they fetched and decoded. A query that
/// finds too little waits, within its deadline, for others to end.
///
/// Queries reserve wave by wave, so all of them could come to wait for each other; the one that
/// would close that circle fails instead.
public final class MemoryPool {
  private final long capacity;
  private final long perQuery;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private long free;
  private int holders;

  /// What the holders among those who wait want more.
  private final Map<Lease, Long> wanted = new IdentityHashMap<>();

  /// @param capacity bytes for all queries together; one alone may hold half of them
  public MemoryPool(long capacity) {
    if (capacity < 2) {
      throw new IllegalArgumentException("cannot share " + capacity + " bytes among queries");
    }
    this.capacity = capacity;
    this.perQuery = capacity / 2;
    this.free = capacity;
  }

  public long capacity() {
    return capacity;
  }

  /// Bytes that queries hold.
  public long held() {
    lock.lock();
    try {
      return capacity - free;
    } finally {
      lock.unlock();
    }
  }

  /// The account of a new query.
  public Lease lease() {
    return new Lease();
  }

  /// What one query holds, until it is closed. Thread-safe.
  public final class Lease implements AutoCloseable {
    private long mine;
    private boolean closed;

    private Lease() {}

    /// Takes more, waiting for it where others hold it.
    ///
    /// @throws QueryException.TooExpensive where that is more than one query may hold, or where it
    ///   could wait for ever
    public void reserve(long bytes) throws InterruptedException {
      lock.lock();
      try {
        if (bytes > perQuery - mine) {
          throw new QueryException.TooExpensive(
              "query exceeds the limit of "
                  + perQuery
                  + " bytes of memory: "
                  + (mine + bytes)
                  + " planned so far; narrow the selectors or the time range",
              perQuery,
              mine + bytes);
        }
        while (free < bytes && !closed) {
          await(bytes);
        }
        if (!closed) {
          holders += mine == 0 && bytes > 0 ? 1 : 0;
          mine += bytes;
          free -= bytes;
        }
      } finally {
        lock.unlock();
      }
    }

    private void await(long bytes) throws InterruptedException {
      boolean circle =
          mine > 0
              && wanted.size() + 1 == holders
              && wanted.values().stream().noneMatch(w -> w <= free);
      if (circle) {
        throw new QueryException.TooExpensive(
            "query needs "
                + bytes
                + " more bytes of memory, of which "
                + free
                + " are free, and all queries under way wait for memory; ask again, or for less",
            free,
            bytes);
      }
      if (mine > 0) {
        wanted.put(this, bytes);
      }
      try {
        freed.await();
      } finally {
        wanted.remove(this);
      }
    }

    /// Gives everything back.
    @Override
    public void close() {
      lock.lock();
      try {
        holders -= mine > 0 ? 1 : 0;
        free += mine;
        mine = 0;
        closed = true;
        freed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
