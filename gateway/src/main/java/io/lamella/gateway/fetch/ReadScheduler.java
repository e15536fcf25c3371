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

/// Where reads of the whole process pass: so many at once, and so many bytes a second. Of the
/// queries that wait, the one with the fewest reads under way goes next, so a query of two reads
/// does not stand behind the thousand of another. Reads that no query waits for yet pass when no
/// other read waits.
///
/// Bandwidth is a token bucket that may go into debt: a read passes while there is anything in it
/// and is then charged whole. Large reads need no tokens saved up, and the rate holds over time.
public final class ReadScheduler {
  private final Limits limits;
  private final Timer timer;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Object, Line> lines = new LinkedHashMap<>();
  private int running;
  private int waiting;
  private double tokens;
  private long filledAt;
  private boolean timerSet;

  /// What may pass.
  ///
  /// @param maxConcurrent reads under way at once
  /// @param bytesPerSecond 0 for as many as come
  public record Limits(int maxConcurrent, long bytesPerSecond) {
    public Limits {
      if (maxConcurrent < 1 || bytesPerSecond < 0) {
        throw new IllegalArgumentException(
            "cannot let "
                + maxConcurrent
                + " reads and "
                + bytesPerSecond
                + " bytes a second pass");
      }
    }
  }

  /// Time, which tests make pass.
  interface Timer {
    long nanos();

    void after(long nanos, Runnable task);
  }

  /// The reads of one query.
  private static final class Line {
    final Supplier<ReadPriority> urgency;
    final Deque<Waiter> waiters = new ArrayDeque<>();
    int running;

    Line(Supplier<ReadPriority> urgency) {
      this.urgency = urgency;
    }

    boolean goesBefore(Line other) {
      int byUrgency = urgency.get().compareTo(other.urgency.get());
      return byUrgency < 0 || byUrgency == 0 && running < other.running;
    }
  }

  private record Waiter(CompletableFuture<Void> place, long bytes) {}

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

  public ReadScheduler(Limits limits) {
    this(limits, new SystemTimer());
  }

  ReadScheduler(Limits limits, Timer timer) {
    this.limits = limits;
    this.timer = timer;
    this.tokens = burst();
    this.filledAt = timer.nanos();
  }

  /// What a quarter of a second brings may pass at once.
  private double burst() {
    return Math.max(1, limits.bytesPerSecond() / 4.0);
  }

  /// Waits for a place and takes it; [#leave] gives it back.
  ///
  /// @param query by identity; the reads of one query stand in one line
  public void enter(Object query, long bytes) throws InterruptedException {
    enter(query, () -> ReadPriority.QUERY, bytes);
  }

  /// Waits for a place and takes it; [#leave] gives it back.
  ///
  /// @param query by identity; the reads of one query stand in one line
  /// @param urgency of its line; it may rise while they wait
  public void enter(Object query, Supplier<ReadPriority> urgency, long bytes)
      throws InterruptedException {
    Waiter waiter = new Waiter(new CompletableFuture<>(), bytes);
    lock.lock();
    try {
      lines.computeIfAbsent(query, q -> new Line(urgency)).waiters.add(waiter);
      waiting++;
      admit();
    } finally {
      lock.unlock();
    }
    try {
      waiter.place().get();
    } catch (InterruptedException e) {
      giveUp(query, waiter);
      throw e;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private void giveUp(Object query, Waiter waiter) {
    lock.lock();
    try {
      if (waiter.place().isDone()) {
        tokens += waiter.bytes();
        leave(query);
        return;
      }
      Line line = lines.get(query);
      if (line != null && line.waiters.remove(waiter)) {
        waiting--;
        removeIfIdle(query, line);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Gives a place back.
  public void leave(Object query) {
    lock.lock();
    try {
      running--;
      Line line = lines.get(query);
      if (line != null) {
        line.running--;
        removeIfIdle(query, line);
      }
      admit();
    } finally {
      lock.unlock();
    }
  }

  private void removeIfIdle(Object query, Line line) {
    if (line.running == 0 && line.waiters.isEmpty()) {
      lines.remove(query);
    }
  }

  /// Lets pass whoever may; under the lock. Someone waits only while there is no place or no
  /// bandwidth, and so an urgency that rises is seen when there is.
  private void admit() {
    while (waiting > 0 && running < limits.maxConcurrent() && hasTokens()) {
      Line next = null;
      for (Line l : lines.values()) {
        if (!l.waiters.isEmpty() && (next == null || l.goesBefore(next))) {
          next = l;
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
      waiter.place().complete(null);
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

  /// Reads under way.
  public int running() {
    lock.lock();
    try {
      return running;
    } finally {
      lock.unlock();
    }
  }

  /// Reads that wait for a place.
  public int waiting() {
    lock.lock();
    try {
      return waiting;
    } finally {
      lock.unlock();
    }
  }
}
