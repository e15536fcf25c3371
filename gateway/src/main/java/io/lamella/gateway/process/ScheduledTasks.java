package io.lamella.gateway.process;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tasks in the background, on one daemon thread. A task that fails is logged and runs again at its
/// next time, whatever it threw: a [ScheduledExecutorService] alone would silently never run it
/// again. Only an [OutOfMemoryError] ends the process.
public final class ScheduledTasks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ScheduledTasks.class);

  private final ScheduledExecutorService thread;

  /// A task; it ends early where its thread is interrupted.
  @FunctionalInterface
  public interface Task {
    void run() throws Exception;
  }

  /// @param name of the thread
  public ScheduledTasks(String name) {
    thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name(name).factory());
  }

  /// Runs a task once, as soon as the tasks before it are done.
  ///
  /// @param what the task does, for the log
  public void once(String what, Task task) {
    try {
      thread.execute(() -> run(what, task));
    } catch (RejectedExecutionException e) {
      LOG.debug("closed, background task is not run task=\"{}\"", what);
    }
  }

  /// Runs a task again and again.
  ///
  /// @param pause from the end of a run to the start of the next, and before the first
  public void repeat(Duration pause, String what, Task task) {
    thread.scheduleWithFixedDelay(
        () -> run(what, task), pause.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static void run(String what, Task task) {
    try {
      task.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      OutOfMemory.endProcessIfCause(e);
      LOG.error("background task failed task=\"{}\"", what, e);
    }
  }

  /// Interrupts the running task; no other begins.
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
