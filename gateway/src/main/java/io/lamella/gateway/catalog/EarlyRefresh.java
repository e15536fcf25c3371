package io.lamella.gateway.catalog;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;

/// Refreshes the catalog early, where a query finds that a block was replaced or deleted since the
/// last refresh. Queries at the same time share one refresh. Refreshes start at least five seconds
/// apart, so that a block that stays damaged does not make every query list the bucket.
public final class EarlyRefresh {
  private static final Duration MIN_INTERVAL = Duration.ofSeconds(5);

  private final Runnable refresh;
  private final LongSupplier nanoTime;
  private Optional<StartedRefresh> last = Optional.empty();

  private record StartedRefresh(CompletableFuture<Void> done, long nanos) {}

  /// @param refresh refreshes the catalog and reports failures itself
  public EarlyRefresh(Runnable refresh) {
    this(refresh, System::nanoTime);
  }

  EarlyRefresh(Runnable refresh, LongSupplier nanoTime) {
    this.refresh = refresh;
    this.nanoTime = nanoTime;
  }

  /// Waits for the running refresh, or starts one if the last one started long enough ago.
  ///
  /// @throws InterruptedException where the query is cancelled; the refresh goes on
  public void await() throws InterruptedException {
    try {
      lastOrNew().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot refresh the catalog", e.getCause());
    }
  }

  private synchronized CompletableFuture<Void> lastOrNew() {
    long now = nanoTime.getAsLong();
    if (last.isEmpty()
        || last.get().done().isDone() && now - last.get().nanos() >= MIN_INTERVAL.toNanos()) {
      last =
          Optional.of(
              new StartedRefresh(
                  CompletableFuture.runAsync(
                      refresh, task -> Thread.ofVirtual().name("early-refresh").start(task)),
                  now));
    }
    return last.get().done();
  }
}
