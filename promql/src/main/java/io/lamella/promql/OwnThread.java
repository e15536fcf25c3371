package io.lamella.promql;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Runs work on a platform thread of its own while the calling thread waits. The operating system
/// preempts it, unlike a virtual thread, which holds a core until it waits for something.
public final class OwnThread {
  private OwnThread() {}

  /// Runs the work. Interrupting the calling thread interrupts the work, whose end is awaited.
  ///
  /// @param stackBytes of the thread; 0 for the default
  /// @throws RuntimeException that the work fails with
  public static <T> T run(String name, long stackBytes, Supplier<T> work) {
    FutureTask<T> task = new FutureTask<>(work::get);
    Thread thread = new Thread(null, task, name, stackBytes);
    thread.setDaemon(true);
    thread.start();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
          thread.interrupt();
        }
      }
    } catch (ExecutionException e) {
      throw rethrown(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException rethrown(@Nullable Throwable failure) {
    if (failure instanceof Error e) {
      throw e;
    }
    return failure instanceof RuntimeException e ? e : new IllegalStateException(failure);
  }
}
