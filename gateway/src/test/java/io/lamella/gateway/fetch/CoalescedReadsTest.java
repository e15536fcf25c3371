package io.lamella.gateway.fetch;

import static io.lamella.gateway.fetch.HeldObjectStore.awaitCondition;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.cache.FileVersion;
import io.lamella.gateway.cache.MemoryPages;
import io.lamella.gateway.cache.PageCache;
import io.lamella.gateway.cache.PageCache.Admission;
import io.lamella.gateway.cache.PageKey;
import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.plan.Coalescing;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.FaultyObjectStore;
import io.lamella.storage.object.FaultyObjectStore.Fault;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.local.MemoryObjectStore;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class CoalescedReadsTest {
  private static final Admission MEMORY = new Admission(true, false);

  private final FetchMetrics metrics = new FetchMetrics(new PrometheusRegistry());
  private final MemoryObjectStore memory = new MemoryObjectStore();
  private final FaultyObjectStore faulty = new FaultyObjectStore(memory);
  private final HeldObjectStore store = new HeldObjectStore(faulty);
  private final PageCache cache =
      new PageCache(new MemoryPages(1 << 20, metrics), Optional.empty(), metrics);
  private final ReadScheduler scheduler = new ReadScheduler(new ReadScheduler.ReadLimits(8, 0));
  private final AtomicReference<ObjectVersion> changed = new AtomicReference<>();
  private final CoalescedReads reads =
      new CoalescedReads(
          new ScheduledReads(store, scheduler, changed::set),
          new Coalescing(100, 100_000),
          cache,
          metrics);
  private final byte[] content = new byte[100_000];
  private final ObjectVersion object;

  CoalescedReadsTest() {
    new Random(1).nextBytes(content);
    object = memory.put(new ObjectKey("a.parquet"), ByteBuffer.wrap(content));
  }

  private static QueryBudget budget() {
    return new QueryBudget(FetchLimits.DEFAULT);
  }

  private PageKey page(int start, int end) {
    return new PageKey(new FileVersion(object, "d"), new ByteRange(start, end));
  }

  private ByteBuffer bytes(int start, int end) {
    return ByteBuffer.wrap(Arrays.copyOfRange(content, start, end));
  }

  /// A query on a thread of its own.
  private final class Query {
    final CompletableFuture<Map<PageKey, ByteBuffer>> result = new CompletableFuture<>();
    final Thread thread;

    Query(PageKey... pages) {
      this(budget(), pages);
    }

    Query(QueryBudget budget, PageKey... pages) {
      thread =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  result.complete(reads.read(List.of(pages), MEMORY, budget));
                } catch (Exception e) {
                  result.completeExceptionally(e);
                }
              });
    }

    Throwable failure() {
      return assertThrows(CompletionException.class, result::join).getCause();
    }
  }

  @Test
  void nearRangesAreOneReadAndTheGapIsNotCached() throws Exception {
    store.release(10);

    Map<PageKey, ByteBuffer> got =
        reads.read(List.of(page(0, 10), page(50, 60), page(5000, 6000)), MEMORY, budget());

    assertEquals(
        Map.of(
            page(0, 10), bytes(0, 10),
            page(50, 60), bytes(50, 60),
            page(5000, 6000), bytes(5000, 6000)),
        got);
    assertEquals(2, store.reads().size());
    assertTrue(store.reads().contains(new ByteRange(0, 60)));
    assertEquals(Optional.of(bytes(50, 60)), cache.peek(page(50, 60)));
    assertEquals(Optional.empty(), cache.peek(page(0, 60)));
    assertEquals(
        60,
        got.get(page(50, 60)).capacity() + 50,
        "a cached page does not retain the rest of the read");
  }

  @Test
  void queriesThatReadTheSamePageAtOnceCauseOneRead() {
    Query first = new Query(page(0, 100));
    awaitCondition(() -> store.reads().size() == 1);
    List<Query> others = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      others.add(new Query(page(0, 100), page(0, 100 + i % 2)));
    }
    // The read is held until every query has joined it: half of them twice, and all but one of the
    // others also the read of the longer page.
    awaitCondition(() -> metrics.coalescedRanges() == 50 + 25 + 24);
    store.release(100);

    assertEquals(bytes(0, 100), first.result.join().get(page(0, 100)));
    for (Query q : others) {
      assertEquals(bytes(0, 100), q.result.join().get(page(0, 100)));
    }
    assertEquals(1, store.reads().stream().filter(new ByteRange(0, 100)::equals).count());
    assertTrue(store.reads().size() <= 2, () -> store.reads().toString());
  }

  @Test
  void aCancelledStarterDoesNotFailTheQueriesThatJoined() {
    Query starter = new Query(page(0, 100), page(5000, 5100));
    awaitCondition(() -> store.reads().size() == 2);
    Query follower = new Query(page(0, 100));
    awaitCondition(() -> metrics.coalescedRanges() == 1);

    starter.thread.interrupt();
    assertInstanceOf(InterruptedException.class, starter.failure());
    awaitCondition(() -> store.interrupted() == 1);
    store.release(1);

    assertEquals(bytes(0, 100), follower.result.join().get(page(0, 100)));
    assertEquals(1, store.interrupted(), "only the read without waiters was interrupted");
    awaitCondition(() -> scheduler.running() == 0);
  }

  /// Takes all permits, then starts a prefetch and a query of two other pages, which all must wait.
  private void prefetchWhileAllPermitsAreTaken(PageKey page) throws InterruptedException {
    for (int i = 0; i < 8; i++) {
      scheduler.acquire(this, 1);
    }
    new Query(QueryBudget.prefetch(), page);
    awaitCondition(() -> scheduler.waiting() == 1);
    new Query(page(5000, 5100), page(9000, 9100));
    awaitCondition(() -> scheduler.waiting() == 3);
  }

  @Test
  void aPrefetchDoesNotRunBeforeAQuery() throws Exception {
    prefetchWhileAllPermitsAreTaken(page(0, 100));

    scheduler.release(this);
    scheduler.release(this);
    awaitCondition(() -> store.reads().size() == 2);

    assertEquals(
        Set.of(new ByteRange(5000, 5100), new ByteRange(9000, 9100)), Set.copyOf(store.reads()));
    scheduler.release(this);
    awaitCondition(() -> store.reads().size() == 3);
    store.release(3);
  }

  @Test
  void aPrefetchThatAQueryJoinsRunsBeforeOtherReads() throws Exception {
    prefetchWhileAllPermitsAreTaken(page(0, 100));
    Query joining = new Query(page(0, 100));
    awaitCondition(() -> metrics.coalescedRanges() == 1);

    scheduler.release(this);
    awaitCondition(() -> store.reads().size() == 1);
    assertEquals(List.of(new ByteRange(0, 100)), store.reads());

    store.release(3);
    assertEquals(bytes(0, 100), joining.result.join().get(page(0, 100)));
  }

  @Test
  void aReadWithoutWaitersIsStartedAgainByTheNextQuery() {
    Query first = new Query(page(0, 100));
    awaitCondition(() -> store.reads().size() == 1);
    first.thread.interrupt();
    first.failure();

    Query next = new Query(page(0, 100));
    awaitCondition(() -> store.reads().size() == 2);
    store.release(2);

    assertEquals(bytes(0, 100), next.result.join().get(page(0, 100)));
  }

  @Test
  void aFailureReachesOnlyTheQueriesThatWaited() {
    faulty.next(Fault.UNAVAILABLE);
    Query a = new Query(page(0, 100));
    awaitCondition(() -> store.reads().size() == 1);
    Query b = new Query(page(0, 100));
    awaitCondition(() -> metrics.coalescedRanges() == 1);
    store.release(2);

    assertInstanceOf(ObjectStoreException.Unavailable.class, a.failure());
    assertInstanceOf(ObjectStoreException.Unavailable.class, b.failure());
    assertEquals(Optional.empty(), cache.peek(page(0, 100)));
    Query c = new Query(page(0, 100));
    assertEquals(bytes(0, 100), c.result.join().get(page(0, 100)));
    assertEquals(2, store.reads().size());
  }

  @Test
  void theFirstFailureEndsTheOtherReadsOfTheQuery() {
    faulty.next(Fault.UNAVAILABLE);
    Query q = new Query(page(0, 100), page(5000, 5100), page(9000, 9100));
    awaitCondition(() -> store.reads().size() == 3);
    store.release(1);

    assertInstanceOf(ObjectStoreException.Unavailable.class, q.failure());
    awaitCondition(() -> store.interrupted() == 2);
  }

  @Test
  void aPageThatWasCachedMeanwhileIsNotReadAgain() throws Exception {
    store.release(2);
    reads.read(List.of(page(0, 100)), MEMORY, budget());

    assertEquals(
        Map.of(page(0, 100), bytes(0, 100)), reads.read(List.of(page(0, 100)), MEMORY, budget()));
    assertEquals(1, store.reads().size());
  }

  @Test
  void aChangedObjectIsReported() {
    faulty.next(Fault.CHANGED);
    store.release(1);

    assertThrows(
        StaleObjectException.class, () -> reads.read(List.of(page(0, 100)), MEMORY, budget()));
    assertEquals(object, changed.get());
  }

  @Test
  void randomConcurrentQueriesGetTheirBytes() {
    store.release(1_000_000);
    long seed = 7;
    Random random = new Random(seed);
    List<Query> queries = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      PageKey[] pages = new PageKey[1 + random.nextInt(5)];
      for (int p = 0; p < pages.length; p++) {
        int start = random.nextInt(40) * 300;
        pages[p] = page(start, start + 200);
      }
      queries.add(new Query(pages));
      if (random.nextInt(4) == 0) {
        queries.get(random.nextInt(queries.size())).thread.interrupt();
      }
    }
    int succeeded = 0;
    for (Query q : queries) {
      try {
        for (Map.Entry<PageKey, ByteBuffer> e : q.result.join().entrySet()) {
          ByteRange r = e.getKey().range();
          assertEquals(bytes((int) r.start(), (int) r.end()), e.getValue(), "seed " + seed);
        }
        succeeded++;
      } catch (CompletionException e) {
        assertInstanceOf(InterruptedException.class, e.getCause());
      }
    }
    assertTrue(succeeded > 300, succeeded + " succeeded");
    awaitCondition(() -> scheduler.running() == 0 && scheduler.waiting() == 0);
  }
}
