package io.lamella.gateway.catalog;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;

/// Refreshes the catalog before it is time, where a query finds that a block is not what the
/// snapshot tells of it. Queries that ask at once share one refresh. Between the beginnings of two
/// lies a pause at least, so a block that stays damaged does not make each query list the bucket.
public final class EarlyRefresh {
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final Runnable refresh;
  private final LongSupplier nanoTime;
  private Optional<Begun> last = Optional.empty();

  private record Begun(CompletableFuture<Void> done, long nanos) {}

  /// @param refresh of the catalog; tells of its failures itself
  public EarlyRefresh(Runnable refresh) {
    this(refresh, System::nanoTime);
  }

  EarlyRefresh(Runnable refresh, LongSupplier nanoTime) {
    this.refresh = refresh;
    this.nanoTime = nanoTime;
  }

  /// Waits for the refresh that is under way, or for one that begins now, if it is time for one.
  ///
  /// @throws InterruptedException where the query gives up; the refresh goes on
  public void await() throws InterruptedException {
    try {
      begun().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot refresh the catalog", e.getCause());
    }
  }

  private synchronized CompletableFuture<Void> begun() {
    long now = nanoTime.getAsLong();
    if (last.isEmpty()
        || last.get().done().isDone() && now - last.get().nanos() >= PAUSE.toNanos()) {
      last =
          Optional.of(
              new Begun(
                  CompletableFuture.runAsync(
                      refresh, task -> Thread.ofVirtual().name("early-refresh").start(task)),
                  now));
    }
    return last.get().done();
  }
}
