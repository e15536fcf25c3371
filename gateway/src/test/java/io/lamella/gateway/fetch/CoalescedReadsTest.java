package io.lamella.gateway.fetch;

import static io.lamella.gateway.fetch.HeldObjectStore.until;
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
  private final ReadScheduler gate = new ReadScheduler(new ReadScheduler.Limits(8, 0));
  private final AtomicReference<ObjectVersion> changed = new AtomicReference<>();
  private final CoalescedReads reads =
      new CoalescedReads(
          new ScheduledReads(store, gate, changed::set),
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
    final CompletableFuture<Map<PageKey, ByteBuffer>> answer = new CompletableFuture<>();
    final Thread thread;

    Query(PageKey... pages) {
      this(budget(), pages);
    }

    Query(QueryBudget budget, PageKey... pages) {
      thread =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  answer.complete(reads.read(List.of(pages), MEMORY, budget));
                } catch (Exception e) {
                  answer.completeExceptionally(e);
                }
              });
    }

    Throwable failure() {
      return assertThrows(CompletionException.class, answer::join).getCause();
    }
  }

  @Test
  void nearRangesAreOneReadAndTheGapIsNotKept() throws Exception {
    store.letGo(10);

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
    assertEquals(60, got.get(page(50, 60)).capacity() + 50, "a page holds itself alone");
  }

  @Test
  void queriesThatWantTheSameAtOnceCauseOneRead() {
    Query first = new Query(page(0, 100));
    until(() -> store.reads().size() == 1);
    List<Query> others = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      others.add(new Query(page(0, 100), page(0, 100 + i % 2)));
    }
    until(() -> metrics.sharedRanges() >= 50 + 24);
    store.letGo(100);

    assertEquals(bytes(0, 100), first.answer.join().get(page(0, 100)));
    for (Query q : others) {
      assertEquals(bytes(0, 100), q.answer.join().get(page(0, 100)));
    }
    assertEquals(1, store.reads().stream().filter(new ByteRange(0, 100)::equals).count());
    assertTrue(store.reads().size() <= 2, () -> store.reads().toString());
  }

  @Test
  void aCancelledStarterDoesNotFailThoseWhoFollow() {
    Query starter = new Query(page(0, 100), page(5000, 5100));
    until(() -> store.reads().size() == 2);
    Query follower = new Query(page(0, 100));
    until(() -> metrics.sharedRanges() == 1);

    starter.thread.interrupt();
    assertInstanceOf(InterruptedException.class, starter.failure());
    until(() -> store.interrupted() == 1);
    store.letGo(1);

    assertEquals(bytes(0, 100), follower.answer.join().get(page(0, 100)));
    assertEquals(1, store.interrupted(), "only the read that nobody wanted any more was ended");
    until(() -> gate.running() == 0);
  }

  /// Fills the gate, has a page read ahead, and then other pages by a query, which all must wait.
  private void readAheadBehindAFullGate(PageKey ahead) throws InterruptedException {
    for (int i = 0; i < 8; i++) {
      gate.enter(this, 1);
    }
    new Query(QueryBudget.prefetch(), ahead);
    until(() -> gate.waiting() == 1);
    new Query(page(5000, 5100), page(9000, 9100));
    until(() -> gate.waiting() == 3);
  }

  @Test
  void whatIsReadAheadDoesNotStandBeforeAQuery() throws Exception {
    readAheadBehindAFullGate(page(0, 100));

    gate.leave(this);
    gate.leave(this);
    until(() -> store.reads().size() == 2);

    assertEquals(
        Set.of(new ByteRange(5000, 5100), new ByteRange(9000, 9100)), Set.copyOf(store.reads()));
    gate.leave(this);
    until(() -> store.reads().size() == 3);
    store.letGo(3);
  }

  @Test
  void aQueryJoinsWhatIsReadAheadAndDoesNotWaitLongerForIt() throws Exception {
    readAheadBehindAFullGate(page(0, 100));
    Query joining = new Query(page(0, 100));
    until(() -> metrics.sharedRanges() == 1);

    gate.leave(this);
    until(() -> store.reads().size() == 1);
    assertEquals(List.of(new ByteRange(0, 100)), store.reads());

    store.letGo(3);
    assertEquals(bytes(0, 100), joining.answer.join().get(page(0, 100)));
  }

  @Test
  void aReadThatEverybodyLeftIsMadeAnewByTheNext() {
    Query first = new Query(page(0, 100));
    until(() -> store.reads().size() == 1);
    first.thread.interrupt();
    first.failure();

    Query next = new Query(page(0, 100));
    until(() -> store.reads().size() == 2);
    store.letGo(2);

    assertEquals(bytes(0, 100), next.answer.join().get(page(0, 100)));
  }

  @Test
  void aFailureIsSharedByThoseWhoWaitAndByNobodyElse() {
    faulty.next(Fault.UNAVAILABLE);
    Query a = new Query(page(0, 100));
    until(() -> store.reads().size() == 1);
    Query b = new Query(page(0, 100));
    until(() -> metrics.sharedRanges() == 1);
    store.letGo(2);

    assertInstanceOf(ObjectStoreException.Unavailable.class, a.failure());
    assertInstanceOf(ObjectStoreException.Unavailable.class, b.failure());
    assertEquals(Optional.empty(), cache.peek(page(0, 100)));
    Query c = new Query(page(0, 100));
    assertEquals(bytes(0, 100), c.answer.join().get(page(0, 100)));
    assertEquals(2, store.reads().size());
  }

  @Test
  void theFirstFailureEndsTheOtherReadsOfTheQuery() {
    faulty.next(Fault.UNAVAILABLE);
    Query q = new Query(page(0, 100), page(5000, 5100), page(9000, 9100));
    until(() -> store.reads().size() == 3);
    store.letGo(1);

    assertInstanceOf(ObjectStoreException.Unavailable.class, q.failure());
    until(() -> store.interrupted() == 2);
  }

  @Test
  void whatLandedSinceTheCallerLookedIsNotReadAgain() throws Exception {
    store.letGo(2);
    reads.read(List.of(page(0, 100)), MEMORY, budget());

    assertEquals(
        Map.of(page(0, 100), bytes(0, 100)), reads.read(List.of(page(0, 100)), MEMORY, budget()));
    assertEquals(1, store.reads().size());
  }

  @Test
  void anObjectThatChangedIsTold() {
    faulty.next(Fault.CHANGED);
    store.letGo(1);

    assertThrows(
        StaleObjectException.class, () -> reads.read(List.of(page(0, 100)), MEMORY, budget()));
    assertEquals(object, changed.get());
  }

  @Test
  void manyQueriesAtRandomGetTheirBytes() {
    store.letGo(1_000_000);
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
    int answered = 0;
    for (Query q : queries) {
      try {
        for (Map.Entry<PageKey, ByteBuffer> e : q.answer.join().entrySet()) {
          ByteRange r = e.getKey().range();
          assertEquals(bytes((int) r.start(), (int) r.end()), e.getValue(), "seed " + seed);
        }
        answered++;
      } catch (CompletionException e) {
        assertInstanceOf(InterruptedException.class, e.getCause());
      }
    }
    assertTrue(answered > 300, answered + " answered");
    until(() -> gate.running() == 0 && gate.waiting() == 0);
  }
}
