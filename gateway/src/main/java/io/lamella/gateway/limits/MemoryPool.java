package io.lamella.gateway.limits;

import io.lamella.promql.QueryException;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The memory that all queries together may hold for fetched and decoded data. A query that finds
/// too little free memory waits, within its deadline, for others to end.
///
/// Queries reserve one fetch batch at a time, so all of them could wait for each other. The query
/// that would complete such a deadlock fails instead.
public final class MemoryPool {
  private final long capacity;
  private final long perQuery;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private long free;
  private int holders;

  /// Bytes that each waiting lease requests, of those leases that hold memory already.
  private final Map<Lease, Long> waiting = new IdentityHashMap<>();

  /// @param capacity bytes for all queries together; a single query may hold half of them
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

  /// Bytes that queries hold now.
  public long held() {
    lock.lock();
    try {
      return capacity - free;
    } finally {
      lock.unlock();
    }
  }

  /// A lease for a new query; it holds nothing yet.
  public Lease lease() {
    return new Lease();
  }

  /// The memory that one query holds until it is closed. Thread-safe.
  public final class Lease implements AutoCloseable {
    private long held;
    private boolean closed;

    private Lease() {}

    /// Bytes that are held now.
    public long held() {
      lock.lock();
      try {
        return held;
      } finally {
        lock.unlock();
      }
    }

    /// Reserves more memory, waiting while other queries hold it.
    ///
    /// @throws QueryException.TooExpensive where one query may not hold so much, or where all
    ///   queries would wait for each other
    public void reserve(long bytes) throws InterruptedException {
      lock.lock();
      try {
        if (bytes > perQuery - held) {
          throw new QueryException.TooExpensive(
              "query exceeds the limit of "
                  + perQuery
                  + " bytes of memory: "
                  + (held + bytes)
                  + " planned so far; narrow the selectors or the time range",
              perQuery,
              held + bytes);
        }
        while (free < bytes && !closed) {
          await(bytes);
        }
        if (!closed) {
          holders += held == 0 && bytes > 0 ? 1 : 0;
          held += bytes;
          free -= bytes;
        }
      } finally {
        lock.unlock();
      }
    }

    private void await(long bytes) throws InterruptedException {
      boolean deadlock =
          held > 0
              && waiting.size() + 1 == holders
              && waiting.values().stream().noneMatch(w -> w <= free);
      if (deadlock) {
        throw new QueryException.TooExpensive(
            "query needs "
                + bytes
                + " more bytes of memory, of which "
                + free
                + " are free, and all running queries wait for memory; run the query again, or narrow it",
            free,
            bytes);
      }
      if (held > 0) {
        waiting.put(this, bytes);
      }
      try {
        freed.await();
      } finally {
        waiting.remove(this);
      }
    }

    /// Releases everything.
    @Override
    public void close() {
      lock.lock();
      try {
        holders -= held > 0 ? 1 : 0;
        free += held;
        held = 0;
        closed = true;
        freed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
