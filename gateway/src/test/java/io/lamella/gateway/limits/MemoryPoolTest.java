package io.lamella.gateway.limits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lamella.promql.QueryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MemoryPoolTest {
  @Test
  void oneQueryMayHoldHalfOfTheMemory() throws InterruptedException {
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
  void aQueryWaitsForAnotherToEnd() throws InterruptedException {
    MemoryPool pool = new MemoryPool(100);
    MemoryPool.Lease first = pool.lease();
    MemoryPool.Lease second = pool.lease();
    first.reserve(50);
    second.reserve(40);
    MemoryPool.Lease third = pool.lease();
    Thread waiting =
        Thread.startVirtualThread(() -> {
          try {
            third.reserve(30);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    first.close();
    waiting.join();
    assertEquals(70, pool.held());
    second.close();
    third.close();
    assertEquals(0, pool.held());
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
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
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
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
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
}
