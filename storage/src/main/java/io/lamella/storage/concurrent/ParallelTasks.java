package io.lamella.storage.concurrent;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// Runs tasks in parallel, each on its own virtual thread.
public final class ParallelTasks {
  private ParallelTasks() {}

  /// Runs all tasks and waits for them; the results are in the order of the tasks. The first
  /// failure interrupts the others. A single task runs on the caller's thread.
  ///
  /// @throws IOException that a task failed with; unchecked exceptions are thrown as they are
  /// @throws InterruptedException where the caller, or a task, is interrupted
  public static <T> List<T> run(List<? extends Callable<T>> tasks)
      throws IOException, InterruptedException {
    if (tasks.size() == 1) {
      return List.of(call(tasks.getFirst()));
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        CompletionService<T> finished = new ExecutorCompletionService<>(threads);
        List<Future<T>> all = new ArrayList<>();
        for (Callable<T> t : tasks) {
          all.add(finished.submit(t));
        }
        for (int i = 0; i < all.size(); i++) {
          finished.take().get();
        }
        return all.stream().map(Future::resultNow).toList();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof InterruptedException interrupted) {
          throw interrupted;
        }
        throw TaskFailure.of(e);
      } finally {
        threads.shutdownNow();
      }
    }
  }

  /// As [#run(List)], at most `atOnce` of them at a time; they begin in their order.
  public static <T> List<T> run(List<? extends Callable<T>> tasks, int atOnce)
      throws IOException, InterruptedException {
    if (tasks.isEmpty()) {
      return List.of();
    }
    AtomicInteger next = new AtomicInteger();
    Map<Integer, T> results = new ConcurrentHashMap<>();
    Callable<Boolean> worker =
        () -> {
          for (int i = next.getAndIncrement(); i < tasks.size(); i = next.getAndIncrement()) {
            results.put(i, tasks.get(i).call());
          }
          return true;
        };
    run(Collections.nCopies(Math.min(atOnce, tasks.size()), worker));
    return List.copyOf(new TreeMap<>(results).values());
  }

  private static <T> T call(Callable<T> task) throws IOException, InterruptedException {
    try {
      return task.call();
    } catch (InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw TaskFailure.of(e);
    }
  }
}
