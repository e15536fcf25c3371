package io.lamella.gateway.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.metrics.FetchMetrics.Hedge;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.CountingObjectStore;
import io.lamella.storage.object.FaultyObjectStore;
import io.lamella.storage.object.FaultyObjectStore.Fault;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.local.MemoryObjectStore;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HedgingObjectStoreTest {
  private static final ByteRange RANGE = new ByteRange(0, 100);

  private final FetchMetrics metrics = new FetchMetrics(new PrometheusRegistry());
  private final MemoryObjectStore memory = new MemoryObjectStore();
  private final FaultyObjectStore faulty = new FaultyObjectStore(memory);
  private final CountingObjectStore counting = new CountingObjectStore(faulty);
  private final AtomicInteger reads = new AtomicInteger();
  private final ObjectVersion object =
      memory.put(new ObjectKey("a.parquet"), ByteBuffer.allocate(1 << 20));

  private HedgingObjectStore hedging(double share) {
    return new HedgingObjectStore(
        counting,
        counting,
        new HedgingObjectStore.Policy(256 << 10, 0.5, share, Duration.ofMillis(200)),
        metrics);
  }

  /// Reads quickly until enough is known, and enough second requests are saved up.
  private void warm(HedgingObjectStore store, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      store.read(object, RANGE);
    }
    counting.reset();
  }

  @Test
  void aSlowReadGetsASecondRequestAndTheFirstAnswerWins() throws IOException {
    HedgingObjectStore store = hedging(0.3);
    warm(store, 100);
    faulty.next(Fault.STALL);

    assertEquals(100, store.read(object, RANGE).remaining());

    assertEquals(2, counting.gets());
    assertEquals(1, metrics.count(Hedge.SENT));
    assertEquals(1, metrics.count(Hedge.WON));
  }

  @Test
  void aTailIsHedgedToo() throws IOException {
    HedgingObjectStore store = hedging(0.3);
    warm(store, 100);
    faulty.next(Fault.STALL);

    assertEquals(100, store.readTail(object.key(), 100).bytes().remaining());
    assertEquals(1, metrics.count(Hedge.WON));
  }

  @Test
  void theLoserIsInterrupted() throws IOException {
    HeldObjectStore held = new HeldObjectStore(memory);
    HedgingObjectStore store =
        new HedgingObjectStore(
            held,
            memory,
            new HedgingObjectStore.Policy(256 << 10, 0.5, 0.3, Duration.ofMillis(200)),
            metrics);
    held.letGo(100);
    for (int i = 0; i < 100; i++) {
      store.read(object, RANGE);
    }

    store.read(object, RANGE);

    assertEquals(1, metrics.count(Hedge.WON));
    HeldObjectStore.until(() -> held.interrupted() == 1);
  }

  @Test
  void extraRequestsStayWithinTheirShare() throws IOException {
    HedgingObjectStore store = hedging(0.1);
    warm(store, 40);
    // The first request of every read from now on waits for ever, were it not for the second.
    int answered = 0;
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
      HeldObjectStore.until(() -> metrics.count(Hedge.SENT) + metrics.count(Hedge.CAPPED) > n);
      if (metrics.count(Hedge.CAPPED) == 0) {
        assertEquals(100, read.join());
        answered++;
      }
    }
    faulty.release();

    assertTrue(answered >= 4, answered + " second requests for 50 reads");
    assertTrue(metrics.count(Hedge.SENT) <= 0.1 * 50 + 1, "too many second requests");
    assertTrue(metrics.count(Hedge.CAPPED) >= 5);
  }

  @Test
  void aLargeReadIsSentOnce() throws IOException {
    HedgingObjectStore store = hedging(0.3);
    warm(store, 100);
    faulty.next(Fault.SLOW);

    store.read(object, new ByteRange(0, 1 << 20));

    assertEquals(1, counting.gets());
    assertEquals(0, metrics.count(Hedge.SENT));
  }

  @Test
  void withAShareOfNothingNoReadIsSentTwice() throws IOException {
    HedgingObjectStore store = hedging(0);
    warm(store, 100);
    faulty.next(Fault.SLOW);

    store.read(object, RANGE);

    assertEquals(1, counting.gets());
  }

  @Test
  void nothingIsHedgedBeforeEnoughIsKnown() throws IOException {
    HedgingObjectStore store = hedging(0.3);
    warm(store, LatencyQuantiles.LEAST - 1);
    faulty.next(Fault.SLOW);

    store.read(object, RANGE);

    assertEquals(1, counting.gets());
  }

  @Test
  void whatFailsAtOnceFailsAtOnce() throws IOException {
    HedgingObjectStore store = hedging(0.3);
    warm(store, 100);
    faulty.next(Fault.CHANGED);

    assertThrows(ObjectStoreException.Changed.class, () -> store.read(object, RANGE));
    assertEquals(1, counting.gets());
  }

  @Test
  void aFailedSecondRequestLeavesTheFirst() throws IOException {
    HeldObjectStore held = new HeldObjectStore(memory);
    HedgingObjectStore store =
        new HedgingObjectStore(
            held,
            counting,
            new HedgingObjectStore.Policy(256 << 10, 0.5, 0.3, Duration.ofMillis(200)),
            metrics);
    held.letGo(100);
    for (int i = 0; i < 100; i++) {
      store.read(object, RANGE);
    }
    faulty.next(Fault.UNAVAILABLE);
    Thread.ofVirtual()
        .start(() -> {
          HeldObjectStore.until(() -> counting.gets() == 1);
          held.letGo(1);
        });

    assertEquals(100, store.read(object, RANGE).remaining());
    assertEquals(0, metrics.count(Hedge.WON));
  }

  @Test
  void anInterruptEndsBothRequests() throws Exception {
    HeldObjectStore held = new HeldObjectStore(memory);
    HedgingObjectStore store =
        new HedgingObjectStore(
            held,
            held,
            new HedgingObjectStore.Policy(256 << 10, 0.5, 0.3, Duration.ofMillis(200)),
            metrics);
    held.letGo(100);
    for (int i = 0; i < 100; i++) {
      store.read(object, RANGE);
    }
    Thread reader =
        Thread.ofVirtual()
            .start(() -> {
              assertThrows(ObjectStoreException.Unavailable.class, () -> store.read(object, RANGE));
              reads.incrementAndGet();
            });
    HeldObjectStore.until(() -> held.reads().size() == 102);

    reader.interrupt();
    reader.join();

    assertEquals(1, reads.get());
    HeldObjectStore.until(() -> held.interrupted() == 2);
  }

  @Test
  void quantilesAreThoseOfTheLastReadsOfASize() {
    LatencyQuantiles q = new LatencyQuantiles();
    assertTrue(q.quantile(100, 0.5).isEmpty());
    for (int i = 0; i < 1000; i++) {
      q.add(100, 1_000_000);
    }
    for (int i = 1; i <= 128; i++) {
      q.add(100, i);
    }

    assertEquals(65, q.quantile(200, 0.5).orElseThrow());
    assertEquals(90, q.quantile(4096, 0.7).orElseThrow());
    assertEquals(128, q.quantile(1, 1).orElseThrow());
    assertEquals(65, q.quantile(5000, 0.5).orElseThrow());
    for (int i = 0; i < 10_000; i++) {
      q.add(5000, 7);
    }
    assertEquals(7, q.quantile(16_000, 0.5).orElseThrow());
  }

  @Test
  void theAllowanceSavesUpALimitedReserve() {
    HedgeBudget allowance = new HedgeBudget(0.25);
    assertFalse(allowance.take());
    for (int i = 0; i < 1000; i++) {
      allowance.earn();
    }
    assertTrue(allowance.isPlenty());
    for (int i = 0; i < HedgeBudget.RESERVE; i++) {
      assertTrue(allowance.take());
    }
    assertFalse(allowance.take());
    assertFalse(allowance.isPlenty());
    for (int i = 0; i < 4; i++) {
      allowance.earn();
    }
    assertTrue(allowance.take());
    assertFalse(allowance.take());
  }
}
