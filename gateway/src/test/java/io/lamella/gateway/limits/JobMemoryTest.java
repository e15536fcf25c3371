package io.lamella.gateway.limits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.promql.QueryException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Jobs whose memory is held while their parts run; of 100 bytes they have 50 together.
@Timeout(20)
class JobMemoryTest {
  private final MemoryPool pool = new MemoryPool(100);
  private final MemoryPool.Lease job = pool.leaseOfJob();
  private final MemoryPool.Lease part = pool.leaseOfPart();
  private final MemoryPool.Lease otherPart = pool.leaseOfPart();
  private final MemoryPool.Lease query = pool.lease();

  /// A part that reserves and then ends, on a thread of its own.
  ///
  /// @return true where it is refused
  private static CompletableFuture<Boolean> ending(MemoryPool.Lease part, long bytes) {
    CompletableFuture<Boolean> out = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      boolean isRefused = false;
      try (part) {
        part.reserve(bytes);
      } catch (QueryException.MemoryNotFree e) {
        isRefused = true;
      }
      out.complete(isRefused);
    });
    return out;
  }

  private void assertOneOfBothPartsIsRefused() {
    long refused =
        Stream.of(ending(part, 5), ending(otherPart, 5)).toList().stream()
            .filter(CompletableFuture::join)
            .count();
    assertEquals(1, refused);
  }

  private static void assertWaits(CompletableFuture<?> future) {
    assertThrows(TimeoutException.class, () -> future.get(100, TimeUnit.MILLISECONDS));
  }

  @Test
  void partsThatWaitForEachOtherAreADeadlockAlthoughTheirJobDoesNotWait() {
    job.reserve(10);
    part.reserve(20);
    otherPart.reserve(20);

    assertOneOfBothPartsIsRefused();
  }

  @Test
  void partsThatWaitForTheirShareAreADeadlockBesideRunningQueries() {
    query.reserve(10);
    part.reserve(25);
    otherPart.reserve(25);

    assertOneOfBothPartsIsRefused();
  }

  @Test
  void jobsAndTheirPartsLeaveHalfToOtherQueries() {
    job.reserve(20);
    part.reserve(30);

    assertFalse(otherPart.tryReserve(1));
    assertTrue(query.tryReserve(50));
  }

  @Test
  void whatAPartReleasesIsForOtherParts() {
    part.reserve(50);
    part.release(10);

    assertTrue(otherPart.tryReserve(10));
  }

  @Test
  void oneJobHasThreeQuartersOfTheShareAtMost() {
    QueryException.TooExpensive e =
        assertThrows(QueryException.TooExpensive.class, () -> job.reserve(39));

    assertEquals(
        "backtest exceeds the limit of 38 bytes of memory: 39 planned so far; divide it",
        e.getMessage());
  }

  @Test
  void allJobsHaveThreeQuartersOfTheShareAtMost() {
    MemoryPool.Lease otherJob = pool.leaseOfJob();
    job.reserve(20);

    assertFalse(otherJob.tryReserve(19));
    assertTrue(otherJob.tryReserve(18));
    assertTrue(part.tryReserve(12));
  }

  @Test
  void aPartThatFindsTheShareHeldByJobsAloneIsRefused() {
    job.reserve(38);

    assertThrows(QueryException.MemoryNotFree.class, () -> part.reserve(13));
  }

  @Test
  void aPartWaitsForQueriesThatHoldMoreThanTheirHalf() throws Exception {
    MemoryPool.Lease otherQuery = pool.lease();
    query.reserve(50);
    otherQuery.reserve(30);
    part.reserve(10);
    CompletableFuture<Boolean> waiting = ending(part, 20);
    assertWaits(waiting);

    query.release(50);

    assertFalse(waiting.get());
  }

  @Test
  void aPartAloneWaitsForThoseThatRun() throws Exception {
    otherPart.close();
    CompletableFuture<MemoryPool.Lease> alone =
        CompletableFuture.supplyAsync(pool::leaseOfPartAlone);
    assertWaits(alone);

    part.close();

    alone.get().close();
  }

  @Test
  void partsWaitForThatWhichIsAlone() throws Exception {
    part.close();
    otherPart.close();
    MemoryPool.Lease alone = pool.leaseOfPartAlone();
    CompletableFuture<MemoryPool.Lease> next = CompletableFuture.supplyAsync(pool::leaseOfPart);
    assertWaits(next);

    alone.close();

    next.get().close();
  }

  @Test
  void aPartThatIsCanceledWhileItWaitsToBeAloneHoldsUpNoOther() throws Exception {
    CompletableFuture<Boolean> canceled = new CompletableFuture<>();
    Thread waiting =
        Thread.startVirtualThread(() -> {
          try {
            pool.leaseOfPartAlone();
          } catch (QueryException.Cancelled e) {
            canceled.complete(true);
          }
        });
    assertWaits(canceled);

    waiting.interrupt();

    assertTrue(canceled.get());
    pool.leaseOfPart().close();
  }

  @Test
  void allIsFreeWhenAllHaveEnded() throws ExecutionException, InterruptedException {
    job.reserve(10);
    part.reserve(10);
    ending(otherPart, 10).get();
    job.close();
    part.close();

    assertEquals(0, pool.held());
  }
}
