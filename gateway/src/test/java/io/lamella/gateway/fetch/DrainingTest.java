package io.lamella.gateway.fetch;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class DrainingTest {
  private final CompletableFuture<Void> first = new CompletableFuture<>();
  private final CompletableFuture<Void> second = new CompletableFuture<>();

  @Test
  void aRequestThatTakesTooLongIsCancelled() {
    new Draining(8, Duration.ofMillis(20)).drain(first);

    HeldObjectStore.awaitCondition(first::isCancelled);
  }

  @Test
  void aRequestBeyondTheLimitIsCancelledAtOnce() {
    Draining draining = new Draining(1, Duration.ofDays(1));
    draining.drain(first);
    draining.drain(second);

    assertTrue(second.isCancelled());
    assertFalse(first.isCancelled());
    first.complete(null);
  }

  @Test
  void aRequestThatEndedLeavesItsPlaceToTheNext() {
    Draining draining = new Draining(1, Duration.ofDays(1));
    draining.drain(first);
    first.completeExceptionally(new IllegalStateException());

    HeldObjectStore.awaitCondition(() -> {
      CompletableFuture<Void> next = new CompletableFuture<>();
      draining.drain(next);
      boolean drains = !next.isCancelled();
      next.complete(null);
      return drains;
    });
  }
}
