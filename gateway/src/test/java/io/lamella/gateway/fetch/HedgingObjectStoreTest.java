package io.lamella.gateway.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.metrics.FetchMetrics.Hedge;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.CountingObjectStore;
import io.lamella.storage.object.FaultyObjectStore;
import io.lamella.storage.object.FaultyObjectStore.Fault;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.RetryBudget;
import io.lamella.storage.object.local.MemoryObjectStore;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionService;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HedgingObjectStoreTest {
  private static final ByteRange RANGE = new ByteRange(0, 100);
  private static final Duration MIN_DELAY = Duration.ofMillis(3);

  private final FetchMetrics metrics = new FetchMetrics(new PrometheusRegistry());
  private final MemoryObjectStore memory = new MemoryObjectStore();
  private final FaultyObjectStore faulty = new FaultyObjectStore(memory);
  private final CountingObjectStore counting = new CountingObjectStore(faulty);
  private final AtomicInteger failures = new AtomicInteger();
  private final ObjectVersion object =
      memory.put(new ObjectKey("a.parquet"), ByteBuffer.allocate(1 << 20));

  private final ManualTime time = new ManualTime();
  private final RetryBudget retries = new RetryBudget(1, 100);
  private volatile boolean storeAnswers = true;

  /// Time that the test controls: first requests take 1 ms, each fourth 100 ms. The delay of a
  /// hedged request passes before any response where `hedges` is set, else never.
  private static final class ManualTime implements HedgingObjectStore.HedgeClock {
    private final List<Duration> delays = new CopyOnWriteArrayList<>();
    private final List<Future<?>> drained = new CopyOnWriteArrayList<>();
    private volatile boolean hedges;
    private long now;
    private int calls;

    @Override
    public synchronized long nanos() {
      calls++;
      now += Duration.ofMillis(calls % 8 == 0 ? 100 : 1).toNanos();
      return now;
    }

    @Override
    public <T> @Nullable Future<T> poll(CompletionService<T> finished, long nanos)
        throws InterruptedException {
      delays.add(Duration.ofNanos(nanos));
      return hedges ? null : finished.take();
    }

    @Override
    public void drain(Future<?> request) {
      drained.add(request);
    }
  }

  private HedgingObjectStore hedging(ObjectStore first, ObjectStore hedge, double share) {
    return new HedgingObjectStore(
        first,
        hedge,
        new HedgingObjectStore.HedgePolicy(256 << 10, 0.5, share, MIN_DELAY, Duration.ZERO),
        new HedgingObjectStore.HedgeGuard(retries, _ -> storeAnswers),
        metrics,
        time);
  }

  private HedgingObjectStore hedging(double share) {
    return hedging(counting, counting, share);
  }

  /// Reads without hedging until enough latencies are measured and enough hedges are saved up; the
  /// reads after that are hedged.
  private void warm(HedgingObjectStore store, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      store.read(object, RANGE);
    }
    counting.reset();
    time.hedges = true;
  }

  private HedgingObjectStore warm(HeldObjectStore held, ObjectStore hedge) throws IOException {
    HedgingObjectStore store = hedging(held, hedge, 0.3);
    held.release(100);
    warm(store, 100);
    return store;
  }

  @Test
  void aSlowReadIsHedgedAndTheFirstResponseWins() throws IOException {
    HedgingObjectStore store = hedging(0.3);
    warm(store, 100);
    faulty.next(Fault.STALL);

    assertEquals(100, store.read(object, RANGE).remaining());

    assertEquals(2, counting.gets());
    assertEquals(1, metrics.count(Hedge.SENT));
    assertEquals(1, metrics.count(Hedge.WON));
  }

  @Test
  void readsThatAreNotHedgedTellWhenTheFirstOtherReadIs() throws IOException {
    HedgingObjectStore store = hedging(0.3);
    ObjectStore unhedged = store.unhedged();
    time.hedges = true;
    for (int i = 0; i < 50; i++) {
      unhedged.read(object, RANGE);
      unhedged.readTail(object.key(), 100);
    }
    assertEquals(0, metrics.count(Hedge.SENT));
    faulty.next(Fault.STALL);

    assertEquals(100, store.read(object, RANGE).remaining());

    assertEquals(1, metrics.count(Hedge.WON));
  }

  @Test
  void aReadOfTheTailIsHedgedToo() throws IOException {
    HedgingObjectStore store = hedging(0.3);
    warm(store, 100);
    faulty.next(Fault.STALL);

    assertEquals(100, store.readTail(object.key(), 100).bytes().remaining());
    assertEquals(1, metrics.count(Hedge.WON));
  }

  @Test
  void theSlowerRequestIsDrainedAndNotInterrupted() throws IOException {
    HeldObjectStore held = new HeldObjectStore(memory);
    HedgingObjectStore store = warm(held, memory);

    store.read(object, RANGE);

    assertEquals(1, metrics.count(Hedge.WON));
    Future<?> slower = time.drained.stream().filter(f -> !f.isDone()).findFirst().orElseThrow();
    held.release(1);
    HeldObjectStore.awaitCondition(slower::isDone);
    assertEquals(Future.State.SUCCESS, slower.state());
    assertEquals(0, held.interrupted());
  }

  @Test
  void noReadIsHedgedWhileTheStoreIsInTrouble() throws IOException {
    HedgingObjectStore store = hedging(0.3);
    warm(store, 100);
    storeAnswers = false;

    store.read(object, RANGE);

    assertEquals(1, counting.gets());
  }

  @Test
  void noReadIsHedgedWhileManyRequestsAreRetried() throws IOException {
    HedgingObjectStore store = hedging(1);
    warm(store, 100);
    for (int i = 0; i < 51; i++) {
      assertTrue(retries.takeForRetry());
    }

    store.read(object, RANGE);

    assertEquals(1, counting.gets());
    assertEquals(1, metrics.count(Hedge.CAPPED));
  }

  @Test
  void hedgedRequestsStayWithinTheirShare() throws IOException {
    HedgingObjectStore store = hedging(0.1);
    warm(store, 40);
    // The first request of every read from now on never gets a response.
    int responses = 0;
    for (int i = 0; i < 10; i++) {
      faulty.next(Fault.STALL);
      CompletableFuture<Integer> read = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              read.complete(store.read(object, RANGE).remaining());
            } catch (ObjectStoreException e) {
              read.completeExceptionally(e);
            }
          });
      int n = i;
      HeldObjectStore.awaitCondition(
          () -> metrics.count(Hedge.SENT) + metrics.count(Hedge.CAPPED) > n);
      if (metrics.count(Hedge.CAPPED) == 0) {
        assertEquals(100, read.join());
        responses++;
      }
    }
    faulty.release();

    assertTrue(responses >= 4, responses + " hedged requests for 50 reads");
    assertTrue(metrics.count(Hedge.SENT) <= 0.1 * 50 + 1, "too many hedged requests");
    assertTrue(metrics.count(Hedge.CAPPED) >= 5);
  }

  @Test
  void aLargeReadIsNotHedged() throws IOException {
    HedgingObjectStore store = hedging(0.3);
    warm(store, 100);

    store.read(object, new ByteRange(0, 1 << 20));

    assertEquals(1, counting.gets());
    assertEquals(0, metrics.count(Hedge.SENT));
  }

  @Test
  void aShareOfZeroTurnsHedgingOff() throws IOException {
    HedgingObjectStore store = hedging(0);
    warm(store, 100);

    store.read(object, RANGE);

    assertEquals(1, counting.gets());
  }

  @Test
  void noReadIsHedgedBeforeEnoughLatenciesAreMeasured() throws IOException {
    HedgingObjectStore store = hedging(0.3);
    // The read's own latency may be measured before it is time to hedge it.
    warm(store, LatencyQuantiles.MIN_LATENCIES - 2);

    store.read(object, RANGE);

    assertEquals(1, counting.gets());
  }

  @Test
  void theHedgeIsDelayedByTheQuantileThatGainsMost() throws IOException {
    HedgingObjectStore store = hedging(1);
    warm(store, 100);
    time.hedges = false;
    time.delays.clear();
    store.read(object, RANGE);
    assertEquals(List.of(MIN_DELAY), time.delays);

    // Half of the reads take 1 ms, less than the minimum: hedged at once after that.
    time.hedges = true;
    time.delays.clear();
    store.read(object, RANGE);
    assertEquals(List.of(MIN_DELAY), time.delays);
    assertEquals(1, metrics.count(Hedge.SENT));
  }

  @Test
  void aFailureOfTheFirstRequestIsNotHedged() throws IOException {
    HedgingObjectStore store = hedging(0.3);
    warm(store, 100);
    time.hedges = false;
    faulty.next(Fault.CHANGED);

    assertThrows(ObjectStoreException.Changed.class, () -> store.read(object, RANGE));
    assertEquals(1, counting.gets());
  }

  @Test
  void aFailedHedgeLeavesTheFirstRequest() throws IOException {
    HeldObjectStore held = new HeldObjectStore(memory);
    HedgingObjectStore store = warm(held, counting);
    faulty.next(Fault.UNAVAILABLE);
    Thread.ofVirtual()
        .start(() -> {
          HeldObjectStore.awaitCondition(() -> counting.gets() == 1);
          held.release(1);
        });

    assertEquals(100, store.read(object, RANGE).remaining());
    assertEquals(0, metrics.count(Hedge.WON));
  }

  @Test
  void anInterruptCancelsBothRequests() throws Exception {
    HeldObjectStore held = new HeldObjectStore(memory);
    HedgingObjectStore store = warm(held, held);
    Thread reader =
        Thread.ofVirtual()
            .start(() -> {
              assertThrows(ObjectStoreException.Unavailable.class, () -> store.read(object, RANGE));
              failures.incrementAndGet();
            });
    HeldObjectStore.awaitCondition(() -> held.reads().size() == 102);

    reader.interrupt();
    reader.join();

    assertEquals(1, failures.get());
    HeldObjectStore.awaitCondition(() -> held.interrupted() == 2);
  }
}
