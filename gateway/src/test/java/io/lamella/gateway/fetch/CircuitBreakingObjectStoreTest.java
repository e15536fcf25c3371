package io.lamella.gateway.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.CountingObjectStore;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.RetryBudget;
import io.lamella.storage.object.RetryingObjectStore;
import io.lamella.storage.object.RetryingObjectStore.RetryPolicy;
import io.lamella.storage.object.local.MemoryObjectStore;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class CircuitBreakingObjectStoreTest {
  private static final ByteRange RANGE = new ByteRange(0, 10);

  private final MemoryObjectStore memory = new MemoryObjectStore();
  private final ObjectVersion object =
      memory.put(new ObjectKey("a.parquet"), ByteBuffer.allocate(100));
  private final Throttling throttling = new Throttling();
  private final CountingObjectStore counting = new CountingObjectStore(throttling);
  private final ManualClock clock = new ManualClock();
  private final CircuitBreakingObjectStore store =
      new CircuitBreakingObjectStore(
          counting,
          CircuitBreaker.Thresholds.STORE,
          new FetchMetrics(new PrometheusRegistry()),
          clock);

  /// A store that answers SlowDown while it is told to.
  private final class Throttling extends ForwardingObjectStore {
    private volatile boolean slowDown = true;
    private volatile String failing = "";
    private volatile boolean listingsFail;

    Throttling() {
      super(memory);
    }

    @Override
    public Page<ObjectEntry> listPage(String prefix, String token) throws ObjectStoreException {
      if (listingsFail) {
        throw new ObjectStoreException.Unavailable("status 503 SlowDown", null);
      }
      return super.listPage(prefix, token);
    }

    @Override
    public ByteBuffer read(ObjectVersion version, ByteRange range) throws ObjectStoreException {
      if (slowDown && (failing.isEmpty() || version.key().name().startsWith(failing))) {
        throw new ObjectStoreException.Unavailable(
            "status 503 SlowDown", null, Duration.ofSeconds(1));
      }
      return super.read(version, range);
    }
  }

  /// Time that advances by the pauses.
  private final class ManualClock implements CircuitBreakingObjectStore.BreakerClock {
    private Instant now = Instant.EPOCH;
    private Instant recovers = Instant.MAX;

    @Override
    public synchronized Instant instant() {
      return now;
    }

    @Override
    public synchronized void sleep(Duration pause) {
      now = now.plus(pause);
      if (!now.isBefore(recovers)) {
        throttling.slowDown = false;
      }
    }
  }

  private ObjectVersion inBlock(int number) {
    return memory.put(
        new ObjectKey("blocks/" + number + "/x/0.chunks.parquet"), ByteBuffer.allocate(100));
  }

  private void open() {
    for (int i = 0; i < CircuitBreaker.Thresholds.STORE.failures(); i++) {
      ObjectVersion each = inBlock(i);
      assertThrows(ObjectStoreException.Unavailable.class, () -> store.read(each, RANGE));
    }
    assertFalse(store.isClosed());
    counting.reset();
  }

  @Test
  void aReadThatMeetsTheOpenBreakerWaitsForTheProbeAndSucceeds() throws IOException {
    open();
    clock.recovers = clock.now.plusSeconds(1);

    assertEquals(10, store.read(object, RANGE).remaining());

    assertEquals(1, counting.gets());
    assertEquals(Instant.EPOCH.plusSeconds(1), clock.now);
    assertTrue(store.isClosed());
  }

  @Test
  void pausesAreNotMeasuredByTheWallClock() {
    Instant before = Instant.EPOCH.plusNanos(System.nanoTime());
    Instant now = new CircuitBreakingObjectStore.SystemClock().instant();
    Instant after = Instant.EPOCH.plusNanos(System.nanoTime());

    assertFalse(now.isBefore(before) || now.isAfter(after), "a clock that may be set back");
  }

  @Test
  void aReadFailsWithAClearErrorWhereTheStoreDoesNotRecoverInTime() {
    open();
    ObjectStoreException.Unavailable e = null;
    for (int i = 0; i < 20 && (e == null || !isStorageUnavailable(e)); i++) {
      e = assertThrows(ObjectStoreException.Unavailable.class, () -> store.read(object, RANGE));
    }

    assertTrue(isStorageUnavailable(e), "the last failure: " + e);
    assertTrue(String.valueOf(e.getMessage()).endsWith("status 503 SlowDown"), e::getMessage);
    assertTrue(counting.gets() <= 5, counting.gets() + " probes");
  }

  private static boolean isStorageUnavailable(ObjectStoreException.Unavailable e) {
    return String.valueOf(e.getMessage())
        .startsWith("cannot read object a.parquet: storage unavailable: ");
  }

  @Test
  void aQueryOfTwoReadsSendsAHandfulOfRequestsToAStoreThatSaysSlowDown() throws Exception {
    RetryingObjectStore retrying =
        new RetryingObjectStore(
            store,
            new RetryPolicy(5, Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(2500)),
            new RetryBudget(0.1, 20));
    List<Future<?>> reads = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 2; i++) {
        reads.add(threads.submit(() -> retrying.read(object, RANGE)));
      }
    }

    assertTrue(
        reads.stream().allMatch(r -> r.exceptionNow() instanceof ObjectStoreException.Unavailable));
    assertTrue(counting.gets() <= 8, counting.gets() + " requests");
  }

  @Test
  void anAnswerThatIsNotTheHopedForOneIsNoFailure() throws IOException {
    throttling.slowDown = false;
    ObjectKey missing = new ObjectKey("b");
    for (int i = 0; i < 10; i++) {
      assertThrows(ObjectStoreException.NotFound.class, () -> store.readAll(missing, 10));
    }

    assertTrue(store.isClosed());
    assertEquals(10, store.read(object, RANGE).remaining());
  }

  @Test
  void aMetaThatMeetsTheOpenBreakerWaitsAsWell() throws IOException {
    open();
    clock.recovers = clock.now.plusSeconds(1);

    assertEquals(100, store.readAll(object.key(), 1000).remaining());
    assertEquals(Instant.EPOCH.plusSeconds(1), clock.now);
  }

  @Test
  void aListingThatMeetsTheOpenBreakerWaitsAsWell() throws IOException {
    open();
    clock.recovers = clock.now.plusSeconds(1);

    assertEquals(5, store.listPage("", "").entries().size());
    assertEquals(Instant.EPOCH.plusSeconds(1), clock.now);
  }

  @Test
  void oneBlockThatFailsDoesNotHoldUpTheOthers() throws IOException {
    ObjectVersion bad = inBlock(1);
    ObjectVersion good = inBlock(2);
    throttling.failing = "blocks/1/";
    for (int i = 0; i < 20; i++) {
      assertThrows(ObjectStoreException.Unavailable.class, () -> store.read(bad, RANGE));
    }
    assertTrue(store.isClosed());
    Instant before = clock.now;

    assertEquals(10, store.read(good, RANGE).remaining());
    assertEquals(before, clock.now, "it waited");
  }

  @Test
  void belowAPrefixABlockThatFailsDoesNotHoldUpTheOthers() throws IOException {
    ObjectVersion bad =
        memory.put(new ObjectKey("teams/a/blocks/1/x/0.labels.parquet"), ByteBuffer.allocate(100));
    ObjectVersion good =
        memory.put(new ObjectKey("teams/a/blocks/2/x/0.labels.parquet"), ByteBuffer.allocate(100));
    throttling.failing = "teams/a/blocks/1/";
    for (int i = 0; i < 20; i++) {
      assertThrows(ObjectStoreException.Unavailable.class, () -> store.read(bad, RANGE));
    }
    assertTrue(store.isClosed());
    Instant before = clock.now;

    assertEquals(10, store.read(good, RANGE).remaining());
    assertEquals(before, clock.now, "it waited");
  }

  @Test
  void blocksThatFailInTurnDoNotHoldUpTheOthers() throws IOException {
    ObjectVersion good = inBlock(2);
    List<ObjectVersion> bad = List.of(inBlock(10), inBlock(11));
    throttling.failing = "blocks/1";
    for (int i = 0; i < 6; i++) {
      ObjectVersion each = bad.get(i % 2);
      assertThrows(ObjectStoreException.Unavailable.class, () -> store.read(each, RANGE));
    }
    Instant before = clock.now;

    assertEquals(10, store.read(good, RANGE).remaining());
    assertEquals(before, clock.now, "it waited");
  }

  @Test
  void listingsThatFailOpenTheBreakerOfTheStore() {
    throttling.listingsFail = true;
    for (int i = 0; i < CircuitBreaker.Thresholds.STORE.failures(); i++) {
      assertTrue(store.isClosed());
      assertThrows(ObjectStoreException.Unavailable.class, () -> store.listPage("blocks/", ""));
    }

    assertFalse(store.isClosed());
  }

  @Test
  void onlyObjectsOfTheFailingBlockAreNotHedged() {
    ObjectVersion bad = inBlock(1);
    for (int i = 0; i < CircuitBreaker.Thresholds.STORE.failures(); i++) {
      assertThrows(ObjectStoreException.Unavailable.class, () -> store.read(bad, RANGE));
    }

    assertFalse(store.isClosed(bad.key()));
    assertTrue(store.isClosed(inBlock(2).key()));
  }

  @Test
  void aBlockThatFailsIsReadLessAndLessOften() {
    ObjectVersion bad = inBlock(1);
    for (int i = 0; i < 30; i++) {
      assertThrows(ObjectStoreException.Unavailable.class, () -> store.read(bad, RANGE));
    }
    assertTrue(counting.gets() <= 9, counting.gets() + " requests");
  }

  @Test
  void aBlockThatRecoversIsReadAgain() throws IOException {
    ObjectVersion bad = inBlock(1);
    for (int i = 0; i < 5; i++) {
      assertThrows(ObjectStoreException.Unavailable.class, () -> store.read(bad, RANGE));
    }
    throttling.slowDown = false;

    assertEquals(10, store.read(bad, RANGE).remaining());
    Instant recovered = clock.now;
    assertEquals(10, store.read(bad, RANGE).remaining());
    assertEquals(recovered, clock.now, "it waited");
  }
}
