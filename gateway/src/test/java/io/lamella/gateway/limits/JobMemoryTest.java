package io.lamella.gateway.limits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.promql.QueryException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Parts of a job whose own memory is held meanwhile.
class JobMemoryTest {
  @Test
  void partsThatWaitForEachOtherAreADeadlockAlthoughTheirJobDoesNotWait() throws Exception {
    MemoryPool pool = new MemoryPool(100);
    AtomicInteger refused = new AtomicInteger();
    CountDownLatch ended = new CountDownLatch(2);
    try (MemoryPool.Lease job = pool.leaseOfJob();
        MemoryPool.Lease a = pool.lease();
        MemoryPool.Lease b = pool.lease()) {
      job.reserve(10);
      a.reserve(45);
      b.reserve(45);
      for (MemoryPool.Lease part : new MemoryPool.Lease[] {a, b}) {
        Thread.startVirtualThread(() -> {
          try (part) {
            part.reserve(5);
          } catch (QueryException.TooExpensive e) {
            refused.incrementAndGet();
          } finally {
            ended.countDown();
          }
        });
      }
      assertTrue(ended.await(10, TimeUnit.SECONDS), "the parts wait for each other");
      assertEquals(1, refused.get());
    }
  }
}
