package io.lamella.gateway.query;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Interrupts a thread when a query's time is up, also where it waits for the store. Once closed,
/// it does not interrupt the thread any more.
final class Deadline implements AutoCloseable {
  private static final ScheduledExecutorService TIMER = timer();

  private final Thread thread;
  private final Future<?> task;
  private boolean closed;
  private boolean passed;

  private Deadline(Thread thread, Duration left) {
    this.thread = thread;
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
  static Deadline in(Duration left) {
    return new Deadline(Thread.currentThread(), left);
  }

  private synchronized void pass() {
    if (!closed) {
      passed = true;
      thread.interrupt();
    }
  }

  synchronized boolean hasPassed() {
    return passed;
  }

  @Override
  public void close() {
    task.cancel(false);
    synchronized (this) {
      closed = true;
      if (passed) {
        Thread.interrupted();
      }
    }
  }
}
