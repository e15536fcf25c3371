package io.lamella.gateway.limits;

import io.lamella.promql.MemoryAccount;
import io.lamella.promql.QueryException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The memory that all queries together may hold for fetched and decoded data, for their evaluation
/// and for results that are being sent. A query that finds too little free memory waits, within its
/// deadline, for others to release some.
///
/// Queries reserve piece by piece, so all of them could wait for each other. It is a deadlock where
/// each query that holds memory also waits for some, no waiting request fits, and nothing is
/// released for a moment: another thread of a waiting query may still be about to release. The
/// query that would complete the deadlock fails.
public final class MemoryPool {
  /// How long nothing must be released before waiting counts as a deadlock.
  private static final long DEADLOCK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final long capacity;
  private final long perQuery;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private final List<Request> waiting = new ArrayList<>();
  private long free;
  private int holders;

  /// Releases so far; tells whether any happened while a thread waited.
  private long releases;

  private long waits;
  private long refusals;

  /// True while a thread waits to see whether a deadlock resolves itself. Only one does, so that
  /// only one query fails.
  private boolean suspected;

  /// A waiting thread of a query. A query may have several.
  private record Request(Lease lease, long bytes) {}

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

  /// What waited and what was refused.
  ///
  /// @param waiting threads that wait for memory now
  /// @param waits times that a thread had to wait
  /// @param refusals reservations that failed: too much for one query, or a deadlock
  public record Contention(int waiting, long waits, long refusals) {}

  public Contention contention() {
    lock.lock();
    try {
      return new Contention(waiting.size(), waits, refusals);
    } finally {
      lock.unlock();
    }
  }

  /// A lease for a new query; it holds nothing yet.
  public Lease lease() {
    return new Lease(false);
  }

  /// A lease for a job that holds memory while queries are its parts. It releases nothing before
  /// they end, so they are deadlocked although the job itself does not wait for memory.
  public Lease leaseOfJob() {
    return new Lease(true);
  }

  /// The memory that one query holds until it is closed. Thread-safe.
  public final class Lease implements MemoryAccount, AutoCloseable {
    private long held;
    private boolean kept;
    private boolean closed;

    private final boolean isOfJob;

    private Lease(boolean isOfJob) {
      this.isOfJob = isOfJob;
    }

    /// Bytes that are held now.
    public long held() {
      lock.lock();
      try {
        return held;
      } finally {
        lock.unlock();
      }
    }

    /// @throws QueryException.TooExpensive where one query may not hold so much, or where all
    ///   queries would wait for each other
    /// @throws QueryException.Cancelled where the thread is interrupted while it waits, or the
    ///   query has ended
    @Override
    public void reserve(long bytes) {
      lock.lock();
      try {
        add(bytes);
      } finally {
        lock.unlock();
      }
    }

    /// Reserves memory that is in use already, so that its query cannot wait for it.
    ///
    /// @throws QueryException.TooExpensive where one query may not hold so much, or where so much
    ///   is not free
    public void reserveAtOnce(long bytes) {
      lock.lock();
      try {
        if (free < bytes && bytes <= perQuery - held) {
          throw notFree(bytes, "");
        }
        add(bytes);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public boolean tryReserve(long bytes) {
      lock.lock();
      try {
        if (closed || bytes > perQuery - held || bytes > free) {
          return false;
        }
        add(bytes);
        return true;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void release(long bytes) {
      lock.lock();
      try {
        if (!closed && !kept) {
          take(bytes);
        }
      } finally {
        lock.unlock();
      }
    }

    /// Releases all but this much, or reserves what is missing. It is held until the lease is
    /// closed: later releases, of threads that end after the query's evaluation, are ignored.
    ///
    /// @throws QueryException as [#reserve]
    public void keep(long bytes) {
      lock.lock();
      try {
        kept = true;
        if (bytes > held) {
          add(bytes - held);
        } else {
          take(held - bytes);
        }
      } finally {
        lock.unlock();
      }
    }

    private void add(long bytes) {
      if (bytes < 0) {
        throw new IllegalArgumentException("cannot reserve " + bytes + " bytes");
      }
      if (bytes > perQuery - held) {
        refusals++;
        throw new QueryException.TooExpensive(
            "query exceeds the limit of "
                + perQuery
                + " bytes of memory: "
                + planned(bytes)
                + " planned so far; narrow the selectors or the time range",
            perQuery,
            planned(bytes));
      }
      if (free < bytes && !closed) {
        await(bytes);
      }
      if (closed) {
        throw new QueryException.Cancelled("query was canceled in waiting for memory");
      }
      holders += held == 0 && bytes > 0 && !isOfJob ? 1 : 0;
      held += bytes;
      free -= bytes;
    }

    private long planned(long bytes) {
      return bytes > Long.MAX_VALUE - held ? Long.MAX_VALUE : held + bytes;
    }

    private void take(long bytes) {
      if (bytes < 0 || bytes > held) {
        throw new IllegalArgumentException(
            "cannot release " + bytes + " bytes: the query holds " + held);
      }
      if (bytes > 0) {
        held -= bytes;
        free += bytes;
        holders -= held == 0 && !isOfJob ? 1 : 0;
        releases++;
        if (!waiting.isEmpty()) {
          freed.signalAll();
        }
      }
    }

    private void await(long bytes) {
      Request request = new Request(this, bytes);
      waits++;
      waiting.add(request);
      try {
        while (free < bytes && !closed) {
          if (held > 0 && !suspected && isDeadlock()) {
            awaitReleaseIn(bytes);
          } else {
            freed.await();
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new QueryException.Cancelled("query was canceled in waiting for memory");
      } finally {
        waiting.removeIf(w -> w == request);
      }
    }

    /// Waits whether the deadlock resolves itself.
    private void awaitReleaseIn(long bytes) throws InterruptedException {
      suspected = true;
      long before = releases;
      try {
        long left = DEADLOCK_NANOS;
        while (left > 0 && releases == before) {
          left = freed.awaitNanos(left);
        }
        if (releases == before && isDeadlock()) {
          throw notFree(bytes, ", and all running queries wait for memory");
        }
      } finally {
        suspected = false;
        // The others have not looked for a deadlock meanwhile.
        freed.signalAll();
      }
    }

    private QueryException notFree(long bytes, String why) {
      refusals++;
      return new QueryException.TooExpensive(
          "query needs "
              + bytes
              + " more bytes of memory, of which "
              + free
              + " are free"
              + why
              + "; run the query again, or narrow it",
          free,
          bytes);
    }

    /// Releases everything. Threads of the query that still wait fail.
    @Override
    public void close() {
      lock.lock();
      try {
        take(held);
        closed = true;
        freed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /// True where each query that holds memory has a thread that waits, and no request fits.
  private boolean isDeadlock() {
    long stuck =
        waiting.stream()
            .map(Request::lease)
            .filter(l -> l.held > 0 && !l.isOfJob)
            .distinct()
            .count();
    return stuck == holders && waiting.stream().noneMatch(w -> w.bytes() <= free);
  }
}
