package io.lamella.gateway.fetch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Limits the reads of the whole process: how many run at once, and how many bytes a second. Of the
/// waiting queries, the one with the fewest running reads gets the next permit, so that a query of
/// two reads does not wait behind a thousand reads of another. Prefetches get permits when no other
/// read waits.
///
/// Bandwidth is a token bucket that may go into debt: a read starts while the bucket holds any
/// token and is then charged in full. So large reads need not save up tokens, and the rate holds
/// over time.
public final class ReadScheduler {
  private final ReadLimits limits;
  private final Timer timer;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Object, QueryReads> queries = new LinkedHashMap<>();
  private int running;
  private int waiting;
  private double tokens;
  private long filledAt;
  private boolean timerSet;

  /// Limits of the whole process.
  ///
  /// @param maxConcurrent reads that run at once
  /// @param bytesPerSecond bandwidth of all reads together; 0 for no limit
  public record ReadLimits(int maxConcurrent, long bytesPerSecond) {
    public ReadLimits {
      if (maxConcurrent < 1 || bytesPerSecond < 0) {
        throw new IllegalArgumentException(
            "cannot limit reads to "
                + maxConcurrent
                + " at once and "
                + bytesPerSecond
                + " bytes per second");
      }
    }
  }

  /// Time, which tests control.
  interface Timer {
    long nanos();

    void after(long nanos, Runnable task);
  }

  /// The running and waiting reads of one query.
  private static final class QueryReads {
    final Supplier<ReadPriority> priority;
    final Deque<Waiter> waiters = new ArrayDeque<>();
    int running;

    QueryReads(Supplier<ReadPriority> priority) {
      this.priority = priority;
    }

    boolean precedes(QueryReads other) {
      int byPriority = priority.get().compareTo(other.priority.get());
      return byPriority < 0 || byPriority == 0 && running < other.running;
    }
  }

  private record Waiter(CompletableFuture<Void> permit, long bytes) {}

  private static final class SystemTimer implements Timer {
    @Override
    public long nanos() {
      return System.nanoTime();
    }

    @Override
    public void after(long nanos, Runnable task) {
      CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS).execute(task);
    }
  }

  public ReadScheduler(ReadLimits limits) {
    this(limits, new SystemTimer());
  }

  ReadScheduler(ReadLimits limits, Timer timer) {
    this.limits = limits;
    this.timer = timer;
    this.tokens = burst();
    this.filledAt = timer.nanos();
  }

  /// The size of the token bucket in bytes: a quarter of a second.
  private double burst() {
    return Math.max(1, limits.bytesPerSecond() / 4.0);
  }

  /// Waits for a permit; [#release] gives it back.
  ///
  /// @param query by equality; its reads share one queue
  /// @param bytes of the read
  public void acquire(Object query, long bytes) throws InterruptedException {
    acquire(query, () -> ReadPriority.QUERY, bytes);
  }

  /// Waits for a permit; [#release] gives it back.
  ///
  /// @param query by equality; its reads share one queue
  /// @param priority of all reads of the query; it may rise while they wait
  /// @param bytes of the read
  public void acquire(Object query, Supplier<ReadPriority> priority, long bytes)
      throws InterruptedException {
    Waiter waiter = new Waiter(new CompletableFuture<>(), bytes);
    lock.lock();
    try {
      queries.computeIfAbsent(query, q -> new QueryReads(priority)).waiters.add(waiter);
      waiting++;
      admit();
    } finally {
      lock.unlock();
    }
    try {
      waiter.permit().get();
    } catch (InterruptedException e) {
      stopWaiting(query, waiter);
      throw e;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private void stopWaiting(Object query, Waiter waiter) {
    lock.lock();
    try {
      if (waiter.permit().isDone()) {
        tokens += waiter.bytes();
        release(query);
        return;
      }
      QueryReads reads = queries.get(query);
      if (reads != null && reads.waiters.remove(waiter)) {
        waiting--;
        removeIfIdle(query, reads);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Gives a permit back.
  public void release(Object query) {
    lock.lock();
    try {
      running--;
      QueryReads reads = queries.get(query);
      if (reads != null) {
        reads.running--;
        removeIfIdle(query, reads);
      }
      admit();
    } finally {
      lock.unlock();
    }
  }

  private void removeIfIdle(Object query, QueryReads reads) {
    if (reads.running == 0 && reads.waiters.isEmpty()) {
      queries.remove(query);
    }
  }

  /// Gives permits to waiting reads while the limits allow; under the lock. Reads wait only while
  /// there is no permit or no bandwidth, so a priority that has risen takes effect with the next
  /// permit.
  private void admit() {
    while (waiting > 0 && running < limits.maxConcurrent() && hasTokens()) {
      QueryReads next = null;
      for (QueryReads q : queries.values()) {
        if (!q.waiters.isEmpty() && (next == null || q.precedes(next))) {
          next = q;
        }
      }
      if (next == null) {
        return;
      }
      next.running++;
      running++;
      waiting--;
      Waiter waiter = next.waiters.remove();
      tokens -= waiter.bytes();
      waiter.permit().complete(null);
    }
  }

  private boolean hasTokens() {
    if (limits.bytesPerSecond() == 0) {
      return true;
    }
    long now = timer.nanos();
    tokens = Math.min(burst(), tokens + (now - filledAt) * 1e-9 * limits.bytesPerSecond());
    filledAt = now;
    if (tokens > 0) {
      return true;
    }
    if (!timerSet) {
      timerSet = true;
      timer.after((long) ((1 - tokens) * 1e9 / limits.bytesPerSecond()) + 1, this::tick);
    }
    return false;
  }

  private void tick() {
    lock.lock();
    try {
      timerSet = false;
      admit();
    } finally {
      lock.unlock();
    }
  }

  /// Reads that hold a permit.
  public int running() {
    lock.lock();
    try {
      return running;
    } finally {
      lock.unlock();
    }
  }

  /// Reads that wait for a permit.
  public int waiting() {
    lock.lock();
    try {
      return waiting;
    } finally {
      lock.unlock();
    }
  }
}
