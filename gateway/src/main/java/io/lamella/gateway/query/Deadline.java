package io.lamella.gateway.query;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Interrupts a thread when a query's time is up, also where it waits for the store. Once closed,
/// it does not interrupt the thread any more.
final class Deadline implements AutoCloseable {
  private static final ScheduledExecutorService TIMER = timer();

  /// How often it is seen whether time that does not count is over, at most.
  private static final long RECHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Thread thread;
  private final long passesNanos;
  private final LongSupplier uncountedNanos;
  private Future<?> task;
  private boolean closed;
  private boolean passed;

  private Deadline(Thread thread, Duration left, LongSupplier uncountedNanos) {
    this.thread = thread;
    this.passesNanos = System.nanoTime() + left.toNanos();
    this.uncountedNanos = uncountedNanos;
    this.task = TIMER.schedule(this::pass, left.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static ScheduledExecutorService timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("query-deadlines").factory());
    // Without it each query would be kept until its time is up, however short it was.
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  /// A deadline for the current thread.
  ///
  /// @param uncountedNanos how much time so far does not count
  static Deadline in(Duration left, LongSupplier uncountedNanos) {
    return new Deadline(Thread.currentThread(), left, uncountedNanos);
  }

  private synchronized void pass() {
    if (closed) {
      return;
    }
    long left = passesNanos + uncountedNanos.getAsLong() - System.nanoTime();
    if (left > 0) {
      task = TIMER.schedule(this::pass, Math.max(left, RECHECK_NANOS), TimeUnit.NANOSECONDS);
    } else {
      passed = true;
      thread.interrupt();
    }
  }

  synchronized boolean hasPassed() {
    return passed;
  }

  @Override
  public void close() {
    synchronized (this) {
      task.cancel(false);
      closed = true;
      if (passed) {
        Thread.interrupted();
      }
    }
  }
}
