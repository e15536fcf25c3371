package io.lamella.gateway.limits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.promql.QueryException;
import java.time.Duration;
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
        MemoryPool.Lease a = pool.leaseOfPart();
        MemoryPool.Lease b = pool.leaseOfPart()) {
      job.reserve(10);
      a.reserve(20);
      b.reserve(20);
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

  @Test
  void jobsAndTheirPartsLeaveHalfToOtherQueries() {
    MemoryPool pool = new MemoryPool(100);
    try (MemoryPool.Lease job = pool.leaseOfJob();
        MemoryPool.Lease part = pool.leaseOfPart();
        MemoryPool.Lease other = pool.leaseOfPart();
        MemoryPool.Lease query = pool.lease()) {
      job.reserve(20);
      part.reserve(30);
      assertFalse(other.tryReserve(1));
      assertTrue(query.tryReserve(50));
      query.release(50);
      part.release(10);
      assertTrue(other.tryReserve(10));
    }
    assertEquals(0, pool.held());
  }

  @Test
  void jobsThemselvesLeaveSomeToTheirParts() {
    MemoryPool pool = new MemoryPool(100);
    try (MemoryPool.Lease one = pool.leaseOfJob();
        MemoryPool.Lease other = pool.leaseOfJob();
        MemoryPool.Lease part = pool.leaseOfPart()) {
      assertThrows(QueryException.TooExpensive.class, () -> one.reserve(39));
      one.reserve(20);
      assertFalse(other.tryReserve(19));
      assertTrue(other.tryReserve(18));
      assertTrue(part.tryReserve(12));
    }
  }

  @Test
  void partsThatWaitForTheirShareAreADeadlockBesideRunningQueries() throws Exception {
    MemoryPool pool = new MemoryPool(100);
    CountDownLatch ended = new CountDownLatch(2);
    AtomicInteger refused = new AtomicInteger();
    try (MemoryPool.Lease query = pool.lease();
        MemoryPool.Lease a = pool.leaseOfPart();
        MemoryPool.Lease b = pool.leaseOfPart()) {
      query.reserve(10);
      a.reserve(25);
      b.reserve(25);
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

  @Test
  void aPartThatFindsTheShareHeldByJobsAloneIsRefused() {
    MemoryPool pool = new MemoryPool(100);
    try (MemoryPool.Lease job = pool.leaseOfJob();
        MemoryPool.Lease part = pool.leaseOfPart()) {
      job.reserve(38);
      assertTimeoutPreemptively(
          Duration.ofSeconds(10),
          () -> assertThrows(QueryException.TooExpensive.class, () -> part.reserve(13)));
    }
  }

  @Test
  void aPartWaitsForQueriesThatHoldMoreThanTheirHalf() throws Exception {
    MemoryPool pool = new MemoryPool(100);
    CountDownLatch ended = new CountDownLatch(1);
    try (MemoryPool.Lease one = pool.lease();
        MemoryPool.Lease other = pool.lease();
        MemoryPool.Lease part = pool.leaseOfPart()) {
      one.reserve(50);
      other.reserve(30);
      part.reserve(10);
      Thread.startVirtualThread(() -> {
        part.reserve(20);
        ended.countDown();
      });
      assertFalse(ended.await(200, TimeUnit.MILLISECONDS));
      one.release(50);
      assertTrue(ended.await(10, TimeUnit.SECONDS), "the part still waits");
    }
  }
}
