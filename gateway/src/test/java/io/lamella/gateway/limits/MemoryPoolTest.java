package io.lamella.gateway.limits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.promql.QueryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MemoryPoolTest {
  @Test
  void oneQueryMayHoldHalfOfTheMemory() {
    MemoryPool pool = new MemoryPool(100);
    try (MemoryPool.Lease lease = pool.lease()) {
      lease.reserve(50);
      QueryException.TooExpensive e =
          assertThrows(QueryException.TooExpensive.class, () -> lease.reserve(1));
      assertEquals(
          "query exceeds the limit of 50 bytes of memory: 51 planned so far; narrow the selectors or the time range",
          e.getMessage());
      assertEquals(50, pool.held());
    }
    assertEquals(0, pool.held());
  }

  @Test
  void thereIsRoomForAQueryWhileHalfIsFree() {
    MemoryPool pool = new MemoryPool(100);
    try (MemoryPool.Lease lease = pool.lease();
        MemoryPool.Lease other = pool.lease()) {
      lease.reserve(50);
      assertTrue(pool.hasRoom());
      other.reserve(1);
      assertFalse(pool.hasRoom());
    }
    assertTrue(pool.hasRoom());
  }

  @Test
  void aQueryWaitsForAnotherToEnd() throws InterruptedException {
    MemoryPool pool = new MemoryPool(100);
    MemoryPool.Lease first = pool.lease();
    MemoryPool.Lease second = pool.lease();
    first.reserve(50);
    second.reserve(40);
    MemoryPool.Lease third = pool.lease();
    Thread waiting = Thread.startVirtualThread(() -> third.reserve(30));
    first.close();
    waiting.join();
    assertEquals(70, pool.held());
    second.close();
    third.close();
    assertEquals(0, pool.held());
  }

  @Test
  void aReservationAtOnceFailsWhereAnotherWouldWait() {
    MemoryPool pool = new MemoryPool(100);
    try (MemoryPool.Lease first = pool.lease();
        MemoryPool.Lease second = pool.lease()) {
      first.reserve(50);
      second.reserveAtOnce(30);
      QueryException.TooExpensive e =
          assertThrows(QueryException.TooExpensive.class, () -> pool.lease().reserveAtOnce(21));
      assertEquals(
          "query needs 21 more bytes of memory, of which 20 are free; run the query again, or narrow it",
          e.getMessage());
      assertEquals(80, pool.held());
    }
  }

  @Test
  void aTriedReservationNeitherWaitsNorCountsAsRefused() {
    MemoryPool pool = new MemoryPool(100);
    try (MemoryPool.Lease first = pool.lease();
        MemoryPool.Lease second = pool.lease()) {
      first.reserve(50);
      assertTrue(second.tryReserve(40));
      assertFalse(second.tryReserve(11));
      assertFalse(pool.lease().tryReserve(11));
      assertEquals(90, pool.held());
      assertEquals(0, pool.contention().refusals());
    }
  }

  @Test
  void theQueryThatWouldCompleteADeadlockFails() throws InterruptedException {
    MemoryPool pool = new MemoryPool(100);
    AtomicInteger refused = new AtomicInteger();
    List<MemoryPool.Lease> leases = List.of(pool.lease(), pool.lease(), pool.lease());
    for (MemoryPool.Lease l : leases) {
      l.reserve(30);
    }
    List<Thread> threads = new ArrayList<>();
    for (MemoryPool.Lease l : leases) {
      threads.add(
          Thread.startVirtualThread(() -> {
            try (l) {
              l.reserve(20);
            } catch (QueryException.TooExpensive e) {
              refused.incrementAndGet();
            }
          }));
    }
    for (Thread t : threads) {
      t.join();
    }
    // All three hold memory and each requests more than is free; the 30 of the refused one suffice
    // for both.
    assertEquals(1, refused.get());
    assertEquals(0, pool.held());
  }

  @Test
  void manyConcurrentQueriesAllFinish() throws InterruptedException {
    MemoryPool pool = new MemoryPool(1_000);
    AtomicInteger done = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Random random = new Random(i);
      threads.add(
          Thread.startVirtualThread(() -> {
            try (MemoryPool.Lease lease = pool.lease()) {
              for (int batch = 0; batch < 3; batch++) {
                lease.reserve(random.nextInt(160));
                Thread.yield();
              }
            } catch (QueryException.TooExpensive e) {
              // It would have completed a deadlock.
            }
            done.incrementAndGet();
          }));
    }
    for (Thread t : threads) {
      t.join(60_000);
    }
    assertEquals(200, done.get());
    assertEquals(0, pool.held());
  }

  private static void awaitWaiting(MemoryPool pool, int threads) {
    while (pool.contention().waiting() < threads) {
      Thread.onSpinWait();
    }
  }

  @Test
  void twoWaitingThreadsOfOneQueryAreNotTwoWaitingQueries() throws InterruptedException {
    MemoryPool pool = new MemoryPool(100);
    MemoryPool.Lease two = pool.lease();
    MemoryPool.Lease running = pool.lease();
    MemoryPool.Lease other = pool.lease();
    two.reserve(10);
    running.reserve(50);
    other.reserve(30);
    AtomicInteger failed = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    List<Runnable> requests =
        List.of(() -> two.reserve(20), () -> other.reserve(15), () -> two.reserve(15));
    for (Runnable r : requests) {
      threads.add(
          Thread.startVirtualThread(() -> {
            try {
              r.run();
            } catch (QueryException e) {
              failed.incrementAndGet();
            }
          }));
      awaitWaiting(pool, threads.size());
    }
    running.close();
    for (Thread t : threads) {
      t.join();
    }
    assertEquals(0, failed.get());
    assertEquals(90, pool.held());
  }

  @Test
  void aReleaseByAnotherThreadResolvesADeadlock() throws InterruptedException {
    MemoryPool pool = new MemoryPool(100);
    List<MemoryPool.Lease> leases = List.of(pool.lease(), pool.lease(), pool.lease());
    List<Thread> threads = new ArrayList<>();
    for (MemoryPool.Lease l : leases) {
      l.reserve(30);
    }
    for (MemoryPool.Lease l : leases) {
      threads.add(Thread.startVirtualThread(() -> l.reserve(11)));
      awaitWaiting(pool, threads.size());
    }
    // All wait now. The first two releases make room for all three.
    leases.get(0).release(20);
    leases.get(1).release(20);
    for (Thread t : threads) {
      t.join();
    }
    assertEquals(0, pool.contention().refusals());
    assertEquals(83, pool.held());
  }

  @Test
  void onlyTheResultIsHeldAfterTheEvaluation() {
    MemoryPool pool = new MemoryPool(1_000);
    try (MemoryPool.Lease lease = pool.lease()) {
      lease.reserve(400);
      lease.release(100);
      assertEquals(300, pool.held());
      lease.keep(50);
      assertEquals(50, pool.held());
      // A decoder of the query that ends late.
      lease.release(100);
      assertEquals(50, pool.held());
      lease.keep(70);
      assertEquals(70, pool.held());
    }
    assertEquals(0, pool.held());
  }

  @Test
  void anInterruptEndsWaiting() throws InterruptedException {
    MemoryPool pool = new MemoryPool(100);
    MemoryPool.Lease holder = pool.lease();
    MemoryPool.Lease other = pool.lease();
    MemoryPool.Lease waiter = pool.lease();
    holder.reserve(50);
    other.reserve(50);
    AtomicInteger cancelled = new AtomicInteger();
    Thread thread =
        Thread.startVirtualThread(() -> {
          try {
            waiter.reserve(10);
          } catch (QueryException.Cancelled e) {
            cancelled.incrementAndGet();
          }
        });
    awaitWaiting(pool, 1);
    thread.interrupt();
    thread.join();
    assertEquals(1, cancelled.get());
    assertEquals(0, pool.contention().waiting());
  }

  /// Queries with several threads each, which reserve and release at random: none hangs, the pool
  /// is never overdrawn, and nothing is held at the end.
  @Test
  void queriesOfSeveralThreadsAllFinish() throws InterruptedException {
    int capacity = 1_000;
    MemoryPool pool = new MemoryPool(capacity);
    AtomicInteger overdrawn = new AtomicInteger();
    List<Thread> queries = new ArrayList<>();
    for (int q = 0; q < 40; q++) {
      int seed = q;
      queries.add(
          Thread.startVirtualThread(() -> {
            try (MemoryPool.Lease lease = pool.lease()) {
              List<Thread> selectors = new ArrayList<>();
              for (int s = 0; s < 3; s++) {
                Random random = new Random(seed * 3L + s);
                selectors.add(
                    Thread.startVirtualThread(() -> {
                      try {
                        for (int batch = 0; batch < 5; batch++) {
                          int bytes = random.nextInt(150);
                          lease.reserve(bytes);
                          overdrawn.addAndGet(pool.held() > capacity ? 1 : 0);
                          lease.release(random.nextInt(bytes + 1));
                        }
                      } catch (QueryException e) {
                        // Too much for one query, or it would have completed a deadlock.
                      }
                    }));
              }
              for (Thread t : selectors) {
                t.join();
              }
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }));
    }
    for (Thread t : queries) {
      t.join(60_000);
      assertEquals(Thread.State.TERMINATED, t.getState());
    }
    assertEquals(0, overdrawn.get());
    assertEquals(0, pool.held());
    assertEquals(0, pool.contention().waiting());
  }
}
