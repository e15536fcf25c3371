package io.lamella.gateway.fetch;

import static io.lamella.gateway.fetch.HeldObjectStore.awaitCondition;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.QueryBudget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Request coalescing: how often the work of a key runs, and who gets its result.
class SingleFlightTest {
  private static final int QUERIES = 64;

  private final SingleFlight<String, Object> calls = new SingleFlight<>();
  private SingleFlight<String, Object> flight = calls;
  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger runs = new AtomicInteger();
  private final CountDownLatch held = new CountDownLatch(1);

  /// Joins the call of a key, or starts one that runs until the latch is released.
  private final class Query {
    final CompletableFuture<List<Object>> results = new CompletableFuture<>();
    final Thread thread;

    Query(String... keys) {
      thread =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  results.complete(
                      calls.run(new QueryBudget(FetchLimits.DEFAULT), c -> joinOrStart(c, keys)));
                } catch (Exception e) {
                  results.completeExceptionally(e);
                }
              });
    }

    Throwable failure() {
      return assertThrows(CompletionException.class, results::join).getCause();
    }
  }

  private void joinOrStart(SingleFlight<String, Object>.Calls c, String... keys) {
    for (String key : keys) {
      if (!c.join(key)) {
        c.start(
            List.of(key),
            () -> {
              int run = runs.incrementAndGet();
              held.await();
              if (key.startsWith("bad")) {
                throw new IOException("failure " + run);
              }
              return new Object();
            });
      }
    }
    inside.incrementAndGet();
  }

  private List<Query> atOnce(String... keys) {
    List<Query> queries = new ArrayList<>();
    for (int i = 0; i < QUERIES; i++) {
      queries.add(new Query(keys));
    }
    // No call can end before all queries wait for it.
    awaitCondition(() -> inside.get() == QUERIES);
    held.countDown();
    return queries;
  }

  @Test
  void queriesAtOnceShareOneRunAndItsResult() {
    List<Query> queries = atOnce("a");

    Object first = queries.getFirst().results.join().getFirst();
    queries.forEach(q -> assertSame(first, q.results.join().getFirst()));
    assertEquals(1, runs.get());
  }

  @Test
  void resultsAreInTheOrderOfTheKeys() {
    List<Query> queries = atOnce("a", "b");
    Query reversed = new Query("b", "a");

    List<Object> ab = queries.getFirst().results.join();
    queries.forEach(q -> assertEquals(ab, q.results.join()));
    assertEquals(2, reversed.results.join().size());
  }

  @Test
  void aFailureReachesAllThatWaitAndNoLaterQuery() throws Exception {
    List<Query> queries = atOnce("bad");

    queries.forEach(q -> assertEquals("failure 1", q.failure().getMessage()));
    assertEquals("failure 2", new Query("bad").failure().getMessage());
  }

  @Test
  void aCallGoesOnUntilItsLastWaiterIsCancelled() {
    Query starter = new Query("a");
    awaitCondition(() -> inside.get() == 1);
    Query joined = new Query("a");
    awaitCondition(() -> inside.get() == 2);

    starter.thread.interrupt();
    assertInstanceOf(InterruptedException.class, starter.failure());
    joined.thread.interrupt();
    assertInstanceOf(InterruptedException.class, joined.failure());

    Query next = new Query("a");
    awaitCondition(() -> runs.get() == 2);
    held.countDown();
    assertEquals(1, next.results.join().size());
  }

  @Test
  void aQueryWithoutCallsDoesNotWait() throws Exception {
    assertEquals(List.of(), calls.run(new QueryBudget(FetchLimits.DEFAULT), c -> {}));
  }

  @Test
  @Timeout(10)
  void aDecisionThatFailsLeavesNoCallThatNeverRuns() throws Exception {
    QueryBudget query = new QueryBudget(FetchLimits.DEFAULT);

    assertThrows(
        IllegalStateException.class,
        () ->
            calls.run(
                query,
                c -> {
                  c.start(List.of("a"), Object::new);
                  throw new IllegalStateException("a bug");
                }));

    held.countDown();
    calls.run(query, c -> joinOrStart(c, "a"));
    assertEquals(1, runs.get(), "the next query starts a call of its own");
  }

  /// Two calls are decided on, and the thread of the second one cannot be started.
  @Test
  @Timeout(10)
  void aCallWhoseThreadCannotBeStartedFailsForAllThatJoinedIt() throws Exception {
    AtomicInteger started = new AtomicInteger();
    List<CompletableFuture<Object>> joined = new ArrayList<>();
    SingleFlight<String, Object> flight =
        new SingleFlight<>(thread -> {
          if (started.incrementAndGet() == 2) {
            joined.add(join("b"));
            throw new OutOfMemoryError("unable to create native thread");
          }
          thread.start();
        });
    this.flight = flight;
    assertThrows(
        OutOfMemoryError.class,
        () ->
            flight.run(
                new QueryBudget(FetchLimits.DEFAULT),
                c -> {
                  c.start(List.of("a"), Object::new);
                  c.start(List.of("b"), Object::new);
                }));

    Throwable failure =
        assertThrows(CompletionException.class, () -> joined.getFirst().join()).getCause();
    assertInstanceOf(OutOfMemoryError.class, failure);
    AtomicInteger found = new AtomicInteger();
    flight.run(
        new QueryBudget(FetchLimits.DEFAULT),
        c -> found.set((c.join("a") ? 1 : 0) + (c.join("b") ? 1 : 0)));
    assertEquals(0, found.get(), "no call is left behind");
  }

  /// A query that joins a running call; returned once it waits.
  private CompletableFuture<Object> join(String key) {
    CompletableFuture<Object> out = new CompletableFuture<>();
    CountDownLatch joined = new CountDownLatch(1);
    Thread.ofVirtual()
        .start(() -> {
          try {
            out.complete(
                flight.run(
                    new QueryBudget(FetchLimits.DEFAULT),
                    c -> {
                      if (c.join(key)) {
                        joined.countDown();
                      }
                    }));
          } catch (Throwable e) {
            out.completeExceptionally(e);
          }
        });
    try {
      joined.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return out;
  }
}
