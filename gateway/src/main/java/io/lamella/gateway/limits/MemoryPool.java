package io.lamella.gateway.limits;

import io.lamella.promql.MemoryAccount;
import io.lamella.promql.QueryException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// The memory that all queries together may hold for fetched and decoded data, for their evaluation
/// and for results that are being sent. A query that finds too little free memory waits, within its
/// deadline, for others to release some.
///
/// Queries reserve piece by piece, so all of them could wait for each other. It is a deadlock where
/// each query that holds memory also waits for some, no waiting request fits, and nothing is
/// released for a moment: another thread of a waiting query may still be about to release. The
/// query that would complete the deadlock fails.
///
/// Jobs and their parts together have half of the memory at most, so that other queries always find
/// the other half. Of that half, jobs themselves have three quarters at most, which leaves some to
/// their parts. Parts that wait for what jobs have are deadlocked without other queries.
public final class MemoryPool {
  /// How long nothing must be released before waiting counts as a deadlock.
  private static final long DEADLOCK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /// How often a waiting thread looks for a deadlock, which others may have completed.
  private static final long RECHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final long capacity;
  private final long perQuery;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private final List<Request> waiting = new ArrayList<>();
  private long free;

  /// Bytes that jobs and their parts hold.
  private long ofJobs;

  /// Bytes that jobs themselves hold.
  private long ofJobsThemselves;

  private final Map<Kind, Integer> holders = new EnumMap<>(Kind.class);

  /// Releases so far; tells whether any happened while a thread waited.
  private long releases;

  private long waits;
  private long refusals;

  /// True while a thread waits to see whether a deadlock resolves itself. Only one does, so that
  /// only one query fails.
  private boolean suspected;

  /// Parts of jobs that run.
  private int parts;

  /// Parts of jobs that run alone, or wait for that.
  private int alone;

  private enum Kind {
    QUERY("query", "narrow the selectors or the time range"),

    /// Holds memory while its parts run, and releases nothing before they end.
    JOB("backtest", "divide it"),
    PART_OF_JOB("constraint", "narrow its selectors, or make windows shorter or the step larger");

    final String what;

    /// What makes one need less memory.
    final String remedy;

    Kind(String what, String remedy) {
      this.what = what;
      this.remedy = remedy;
    }
  }

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

  /// True while one more query finds as much free as it may hold.
  public boolean hasRoom() {
    lock.lock();
    try {
      return free >= perQuery;
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
    return new Lease(Kind.QUERY);
  }

  /// A lease for a job that holds memory while queries are its parts. It releases nothing before
  /// they end, so they are deadlocked although the job itself does not wait for memory.
  public Lease leaseOfJob() {
    return new Lease(Kind.JOB);
  }

  /// A lease for a query that is a part of a job. It waits while another part runs alone.
  ///
  /// @throws QueryException.Cancelled where the thread is interrupted while it waits
  public Lease leaseOfPart() {
    lock.lock();
    try {
      while (alone > 0) {
        freed.await();
      }
      return begunPart();
    } catch (InterruptedException e) {
      throw cancelled();
    } finally {
      lock.unlock();
    }
  }

  /// A lease for a part of a job that no other part runs beside: it waits for those that run, and
  /// others wait for it.
  ///
  /// @throws QueryException.Cancelled where the thread is interrupted while it waits
  public Lease leaseOfPartAlone() {
    lock.lock();
    alone++;
    try {
      while (parts > 0) {
        freed.await();
      }
      Lease out = begunPart();
      out.isAlone = true;
      return out;
    } catch (InterruptedException e) {
      alone--;
      freed.signalAll();
      throw cancelled();
    } finally {
      lock.unlock();
    }
  }

  private Lease begunPart() {
    parts++;
    return new Lease(Kind.PART_OF_JOB);
  }

  private static QueryException cancelled() {
    Thread.currentThread().interrupt();
    return new QueryException.Cancelled("query was canceled in waiting for memory");
  }

  /// What jobs and their parts may hold together.
  private long shareOfJobs() {
    return capacity / 2;
  }

  private long limit(Kind kind) {
    return kind == Kind.JOB ? shareOfJobs() - shareOfJobs() / 4 : perQuery;
  }

  /// What a kind may still take of its share, however much of it is free.
  private long unused(Kind kind) {
    return switch (kind) {
      case QUERY -> capacity;
      case JOB -> Math.min(shareOfJobs() - ofJobs, limit(Kind.JOB) - ofJobsThemselves);
      case PART_OF_JOB -> shareOfJobs() - ofJobs;
    };
  }

  private long free(Kind kind) {
    return Math.min(free, unused(kind));
  }

  /// The memory that one query holds until it is closed. Thread-safe.
  public final class Lease implements MemoryAccount, AutoCloseable {
    private long held;
    private boolean kept;
    private boolean closed;
    private boolean isAlone;

    /// Threads that wait, since when any does, and how long some did before.
    private int waitingThreads;

    private long waitingSince;
    private long waitedNanos;

    private final Kind kind;

    private Lease(Kind kind) {
      this.kind = kind;
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

    /// How long threads of the query have waited for memory; several at once count once.
    public long waitedNanos() {
      lock.lock();
      try {
        return waitedNanos + (waitingThreads > 0 ? System.nanoTime() - waitingSince : 0);
      } finally {
        lock.unlock();
      }
    }

    /// @throws QueryException.TooExpensive where one query may not hold so much
    /// @throws QueryException.MemoryNotFree where all queries would wait for each other
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
    /// @throws QueryException.TooExpensive where one query may not hold so much
    /// @throws QueryException.MemoryNotFree where so much is not free
    public void reserveAtOnce(long bytes) {
      lock.lock();
      try {
        if (free(kind) < bytes && bytes <= limit(kind) - held) {
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
        if (closed || bytes > limit(kind) - held || bytes > free(kind)) {
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
      if (bytes > limit(kind) - held) {
        refusals++;
        throw new QueryException.TooExpensive(
            kind.what
                + " exceeds the limit of "
                + limit(kind)
                + " bytes of memory: "
                + planned(bytes)
                + " planned so far; "
                + kind.remedy,
            limit(kind),
            planned(bytes));
      }
      if (free(kind) < bytes && !closed) {
        await(bytes);
      }
      if (closed) {
        throw new QueryException.Cancelled("query was canceled in waiting for memory");
      }
      change(bytes);
    }

    /// Holds so much more, or less.
    private void change(long bytes) {
      boolean held = this.held > 0;
      this.held += bytes;
      free -= bytes;
      ofJobs += kind == Kind.QUERY ? 0 : bytes;
      ofJobsThemselves += kind == Kind.JOB ? bytes : 0;
      boolean holds = this.held > 0;
      if (held != holds) {
        holders.merge(kind, holds ? 1 : -1, Integer::sum);
      }
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
        change(-bytes);
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
      if (waitingThreads++ == 0) {
        waitingSince = System.nanoTime();
      }
      try {
        while (free(kind) < bytes && !closed) {
          if (!suspected && isDeadlocked(this)) {
            awaitReleaseIn(bytes);
          } else {
            freed.awaitNanos(RECHECK_NANOS);
          }
        }
      } catch (InterruptedException e) {
        throw cancelled();
      } finally {
        waiting.removeIf(w -> w == request);
        if (--waitingThreads == 0) {
          waitedNanos += System.nanoTime() - waitingSince;
        }
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
        if (releases == before && free(kind) < bytes && isDeadlocked(this)) {
          throw notFree(
              bytes,
              ", and all running "
                  + (kind == Kind.QUERY ? "queries" : "backtests")
                  + " wait for memory");
        }
      } finally {
        suspected = false;
        // The others have not looked for a deadlock meanwhile.
        freed.signalAll();
      }
    }

    private QueryException notFree(long bytes, String why) {
      refusals++;
      return new QueryException.MemoryNotFree(
          kind.what
              + " needs "
              + bytes
              + " more bytes of memory, of which "
              + free(kind)
              + " are free"
              + why
              + "; run the "
              + (kind == Kind.QUERY ? "query" : "backtest")
              + " again, or "
              + (kind == Kind.QUERY ? "narrow it" : kind.remedy),
          free(kind),
          bytes);
    }

    /// Releases everything. Threads of the query that still wait fail.
    @Override
    public void close() {
      lock.lock();
      try {
        take(held);
        if (!closed && kind == Kind.PART_OF_JOB) {
          parts--;
          alone -= isAlone ? 1 : 0;
        }
        closed = true;
        freed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /// True where a waiting query is one of those that wait for each other, and no request fits. Jobs
  /// wait for their parts, so parts and other queries do not wait for jobs to release anything.
  private boolean isDeadlocked(Lease lease) {
    if (waiting.stream().anyMatch(w -> w.bytes() <= free(w.lease().kind))) {
      return false;
    }
    boolean partsWait = allWait(Kind.PART_OF_JOB);
    boolean queriesWait = allWait(Kind.QUERY);
    return switch (lease.kind) {
      // Where parts need more than their share, one of them fails, which may suffice.
      case QUERY -> lease.held > 0 && queriesWait && partsWait && !areStuck(Kind.PART_OF_JOB);
      case PART_OF_JOB ->
          (lease.held > 0 || holders(Kind.PART_OF_JOB) == 0)
              && partsWait
              && (queriesWait || areStuck(Kind.PART_OF_JOB));
      case JOB ->
          lease.held > 0 && allWait(Kind.JOB) && partsWait && (queriesWait || areStuck(Kind.JOB));
    };
  }

  private int holders(Kind kind) {
    return holders.getOrDefault(kind, 0);
  }

  /// True where all that hold memory also wait for some.
  private boolean allWait(Kind kind) {
    return requests(kind).map(Request::lease).filter(l -> l.held > 0).distinct().count()
        == holders(kind);
  }

  /// True where some wait, and none of them for other queries: they need more than the share.
  private boolean areStuck(Kind kind) {
    return requests(kind).findAny().isPresent()
        && requests(kind).noneMatch(w -> w.bytes() <= unused(kind));
  }

  private Stream<Request> requests(Kind kind) {
    return waiting.stream().filter(w -> w.lease().kind == kind);
  }
}
