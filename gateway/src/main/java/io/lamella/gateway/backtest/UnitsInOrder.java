package io.lamella.gateway.backtest;

import io.lamella.gateway.backtest.BacktestRun.Judged;
import io.lamella.promql.QueryException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Judges units side by side and passes their verdicts on in the order of the units.
///
/// @param parallel units that are judged at once
/// @param idle runs on the calling thread at least every [#HEARTBEAT] while it waits
record UnitsInOrder(int parallel, Runnable idle) {
  /// Units whose verdicts wait until those before them are passed on, for each that runs.
  private static final int AHEAD = 2;

  /// The longest time between two signs of life.
  static final Duration HEARTBEAT = Duration.ofMillis(250);

  /// For each unit that runs, and for each whose verdicts are not passed on yet.
  private record Permits(Semaphore running, Semaphore ahead) {}

  /// Interrupting the calling thread cancels it.
  ///
  /// @throws QueryException where a unit fails, or the thread is interrupted
  void run(List<Supplier<Judged>> units, Consumer<Judged> to) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        run(units, threads, to);
      } finally {
        threads.shutdownNow();
      }
    }
  }

  private void run(List<Supplier<Judged>> units, ExecutorService threads, Consumer<Judged> to) {
    List<CompletableFuture<Judged>> results =
        units.stream().map(_ -> new CompletableFuture<Judged>()).toList();
    Permits permits = new Permits(new Semaphore(parallel), new Semaphore(AHEAD * parallel));
    threads.submit(() -> start(units, threads, results, permits));
    try {
      for (CompletableFuture<Judged> result : results) {
        to.accept(awaited(result));
        permits.ahead().release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QueryException.Cancelled("backtest was canceled");
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  /// Waits for a result, and tells meanwhile that it waits, so that a client that has left is
  /// noticed.
  private Judged awaited(CompletableFuture<Judged> result)
      throws InterruptedException, ExecutionException {
    while (true) {
      try {
        return result.get(HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        idle.run();
      }
    }
  }

  private static void start(
      List<Supplier<Judged>> units,
      ExecutorService threads,
      List<CompletableFuture<Judged>> results,
      Permits permits) {
    try {
      for (int i = 0; i < results.size(); i++) {
        permits.running().acquire();
        permits.ahead().acquire();
        Supplier<Judged> unit = units.get(i);
        CompletableFuture<Judged> result = results.get(i);
        threads.submit(() -> {
          try {
            result.complete(unit.get());
          } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
          } finally {
            permits.running().release();
          }
        });
      }
    } catch (InterruptedException e) {
      // The backtest has ended.
      Thread.currentThread().interrupt();
    }
  }

  private static RuntimeException failure(ExecutionException e) {
    if (e.getCause() instanceof Error error) {
      throw error;
    }
    return e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e);
  }
}
