package io.lamella.gateway.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lamella.gateway.query.QueryQueue.QueueLimits;
import io.lamella.promql.QueryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class QueryQueueTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final List<String> served = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  /// Starts a query that waits, and ends at once when it is admitted.
  private void enqueue(QueryQueue queue, String client, String name) {
    int before = queue.waiting();
    threads.add(
        Thread.startVirtualThread(() -> {
          try (QueryQueue.Permit _ = queue.acquire(client, LONG)) {
            served.add(name);
          }
        }));
    while (queue.waiting() == before) {
      Thread.onSpinWait();
    }
  }

  private void join() throws InterruptedException {
    for (Thread t : threads) {
      t.join();
    }
  }

  @Test
  void waitingClientsTakeTurns() throws InterruptedException {
    QueryQueue queue = new QueryQueue(new QueueLimits(1, 1, 10, LONG));
    QueryQueue.Permit running = queue.acquire("other", LONG);
    for (int i = 1; i <= 3; i++) {
      enqueue(queue, "greedy", "greedy" + i);
    }
    enqueue(queue, "modest", "modest1");

    running.close();
    join();

    assertEquals(List.of("greedy1", "modest1", "greedy2", "greedy3"), served);
    assertEquals(0, queue.running());
    assertEquals(0, queue.waiting());
  }

  private record Sent(boolean isTakenSlowly, boolean mayGoOnWithoutPermit)
      implements QueryQueue.SentResult {}

  @Test
  void aResultThatIsTakenSlowlyKeepsNoPermitThatOthersWaitFor() throws InterruptedException {
    QueryQueue queue = new QueryQueue(new QueueLimits(2, 2, 10, LONG));
    QueryQueue.Permit quick = queue.acquire("a", LONG);
    QueryQueue.Permit slow = queue.acquire("a", LONG);
    quick.sends(new Sent(false, true));
    slow.sends(new Sent(true, true));

    queue.acquire("a", LONG).close();

    assertEquals(1, queue.running());
    slow.close();
    assertEquals(1, queue.running());
    quick.close();
    assertEquals(0, queue.running());
  }

  @Test
  void noPermitIsTakenThatDoesNotHelpOrMayNotBeGivenUp() {
    QueryQueue queue = new QueryQueue(new QueueLimits(3, 1, 10, Duration.ofMillis(300)));
    QueryQueue.Permit other = queue.acquire("other", LONG);
    QueryQueue.Permit kept = queue.acquire("a", LONG);
    other.sends(new Sent(true, true));
    kept.sends(new Sent(true, false));

    assertThrows(QueryRefused.class, () -> queue.acquire("a", LONG));

    assertEquals(2, queue.running());
  }

  @Test
  void noClientHasAllPermits() throws InterruptedException {
    QueryQueue queue = new QueryQueue(QueueLimits.of(4));
    List<QueryQueue.Permit> greedy = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      greedy.add(queue.acquire("greedy", LONG));
    }
    enqueue(queue, "greedy", "greedy");

    // Finds a permit although another query waits.
    queue.acquire("modest", LONG).close();

    assertEquals(1, queue.waiting());
    greedy.getFirst().close();
    join();
    assertEquals(List.of("greedy"), served);
  }

  @Test
  void aFullQueueRefuses() throws InterruptedException {
    QueryQueue queue = new QueryQueue(new QueueLimits(1, 1, 2, LONG));
    QueryQueue.Permit running = queue.acquire("a", LONG);
    enqueue(queue, "a", "a");

    QueryRefused ofClient = assertThrows(QueryRefused.class, () -> queue.acquire("a", LONG));
    assertEquals(
        "cannot queue query: 1 queries of this client are waiting; try again later, or narrow the running queries",
        ofClient.getMessage());
    enqueue(queue, "b", "b");
    assertThrows(QueryRefused.class, () -> queue.acquire("c", LONG));
    assertEquals(2, queue.refused());

    running.close();
    join();
    assertEquals(List.of("a", "b"), served);
  }

  @Test
  void waitingIsBoundedByTheQueueAndByTheQuery() {
    QueryQueue queue = new QueryQueue(new QueueLimits(1, 1, 2, Duration.ofMillis(20)));
    QueryQueue.Permit running = queue.acquire("a", LONG);
    assertThrows(QueryRefused.class, () -> queue.acquire("a", LONG));
    assertThrows(QueryException.TimedOut.class, () -> queue.acquire("a", Duration.ofMillis(10)));
    assertEquals(0, queue.waiting());
    running.close();
    running.close();
    assertEquals(0, queue.running());
  }

  @Test
  void oneOfManyPermitsIsLeftForOthers() {
    assertEquals(1, QueueLimits.perClient(1));
    assertEquals(1, QueueLimits.perClient(2));
    assertEquals(3, QueueLimits.perClient(4));
    assertEquals(15, QueueLimits.perClient(20));
  }
}
