package io.lamella.gateway.fetch;

import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.process.MonotonicTime;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Stops sending requests to a store that fails one after the other, be it with 503 or without a
/// response ([CircuitBreaker]). A request that meets the open breaker waits for its probe to
/// succeed; the first that may becomes the probe itself. After a limit it fails.
///
/// Each block has a breaker of its own: one whose objects fail while others are read says nothing
/// about the store. The store's breaker counts the blocks that failed since the last success, and
/// each failure of a listing. So it opens where nothing can be read.
///
/// The gateway only reads, so writes do not pass the breaker.
public final class CircuitBreakingObjectStore extends ForwardingObjectStore {
  /// How long a request waits for the store to recover.
  static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  /// How long a request waits before it looks again whether a probe has succeeded.
  private static final Duration LOOK = Duration.ofMillis(50);

  /// Blocks with a breaker of their own. Beyond that all begin anew, as deleted blocks never
  /// recover.
  private static final int MAX_BLOCKS = 1000;

  private static final String BLOCKS = "blocks/";

  private final CircuitBreaker.Thresholds thresholds;
  private final CircuitBreaker breaker;
  private final Map<String, CircuitBreaker> blocks = new ConcurrentHashMap<>();

  /// Blocks that failed since the last success.
  private final Set<String> failedBlocks = ConcurrentHashMap.newKeySet();

  private final BreakerClock clock;
  private volatile String lastFailure = "";

  /// The clock and the pauses; tests replace it.
  interface BreakerClock extends InstantSource {
    void sleep(Duration pause) throws InterruptedException;
  }

  /// Not the wall clock: where that is set back, a breaker would stay open.
  static final class SystemClock implements BreakerClock {
    private final MonotonicTime time = new MonotonicTime();

    @Override
    public Instant instant() {
      return time.instant();
    }

    @Override
    public void sleep(Duration pause) throws InterruptedException {
      Thread.sleep(pause);
    }
  }

  public CircuitBreakingObjectStore(ObjectStore store, FetchMetrics metrics) {
    this(store, CircuitBreaker.Thresholds.STORE, metrics, new SystemClock());
  }

  CircuitBreakingObjectStore(
      ObjectStore store,
      CircuitBreaker.Thresholds thresholds,
      FetchMetrics metrics,
      BreakerClock clock) {
    super(store);
    this.thresholds = thresholds;
    this.breaker = new CircuitBreaker(thresholds, clock);
    this.clock = clock;
    metrics.gauge(
        "lamella_object_store_breaker_state",
        "State of the circuit breaker of the object store: 0 closed, 1 half-open, 2 open.",
        () -> breaker.state().ordinal());
  }

  /// Whether the store answers.
  public boolean isClosed() {
    return !breaker.isOpen();
  }

  /// Whether the store answers, also for the block of an object: otherwise no request may be sent
  /// that is not needed.
  public boolean isClosed(ObjectKey object) {
    CircuitBreaker ofBlock = blocks.get(block(object.name()));
    return isClosed() && (ofBlock == null || !ofBlock.isOpen());
  }

  @FunctionalInterface
  private interface Request<T> {
    T send() throws ObjectStoreException;
  }

  /// What a request has to report to.
  ///
  /// @param block of the object that it reads, "" for none; with the breaker that the block had
  private record Permits(
      String block,
      Optional<CircuitBreaker> ofBlock,
      CircuitBreaker.Permit fromBlock,
      CircuitBreaker.Permit fromStore) {}

  private <T> T guarded(String object, Request<T> request) throws ObjectStoreException {
    Permits permits = await(object);
    boolean reported = false;
    try {
      T response = request.send();
      succeeded(permits);
      reported = true;
      return response;
    } catch (ObjectStoreException.Unavailable e) {
      if (!Thread.currentThread().isInterrupted()) {
        failed(permits, e);
        reported = true;
      }
      throw e;
    } catch (ObjectStoreException e) {
      // An answer, if not the hoped-for one.
      succeeded(permits);
      reported = true;
      throw e;
    } finally {
      if (!reported) {
        breaker.abandoned(permits.fromStore());
        permits.ofBlock().ifPresent(b -> b.abandoned(permits.fromBlock()));
      }
    }
  }

  private void succeeded(Permits permits) {
    failedBlocks.clear();
    breaker.succeeded(permits.fromStore());
    permits
        .ofBlock()
        .ifPresent(b -> {
          b.succeeded(permits.fromBlock());
          if (!b.isOpen()) {
            blocks.remove(permits.block(), b);
          }
        });
  }

  private void failed(Permits permits, ObjectStoreException.Unavailable e) {
    lastFailure = String.valueOf(e.getMessage());
    String block = permits.block();
    if (block.isEmpty()
        || failedBlocks.add(block)
        || permits.fromStore() == CircuitBreaker.Permit.PROBE) {
      breaker.failed(permits.fromStore(), e.retryAfter());
    }
    if (!block.isEmpty()) {
      permits
          .ofBlock()
          .orElseGet(() -> breakerOf(block))
          .failed(permits.fromBlock(), e.retryAfter());
    }
  }

  private CircuitBreaker breakerOf(String failing) {
    if (blocks.size() >= MAX_BLOCKS) {
      blocks.clear();
    }
    return blocks.computeIfAbsent(failing, _ -> new CircuitBreaker(thresholds, clock));
  }

  /// The part of a key that names the block, the segment after `blocks` and what is before; "" for
  /// other objects and for listings.
  private static String block(String key) {
    int blocks = key.lastIndexOf("/" + BLOCKS) + 1;
    if (!key.startsWith(BLOCKS, blocks)) {
      return "";
    }
    int end = key.indexOf('/', blocks + BLOCKS.length());
    return end < 0 ? "" : key.substring(0, end);
  }

  private Permits await(String object) throws ObjectStoreException {
    Instant end = clock.instant().plus(LONGEST_WAIT);
    String block = block(object);
    while (true) {
      Optional<CircuitBreaker> ofBlock = Optional.ofNullable(blocks.get(block));
      CircuitBreaker.Permit fromBlock =
          ofBlock.map(CircuitBreaker::request).orElse(CircuitBreaker.Permit.ORDINARY);
      Duration pause;
      if (fromBlock == CircuitBreaker.Permit.NONE) {
        pause = ofBlock.map(CircuitBreaker::untilProbe).orElse(LOOK);
      } else {
        CircuitBreaker.Permit fromStore = breaker.request();
        if (fromStore != CircuitBreaker.Permit.NONE) {
          return new Permits(block, ofBlock, fromBlock, fromStore);
        }
        ofBlock.ifPresent(b -> b.abandoned(fromBlock));
        pause = breaker.untilProbe();
      }
      if (pause.compareTo(LOOK) < 0) {
        pause = LOOK;
      }
      if (clock.instant().plus(pause).isAfter(end)) {
        throw new ObjectStoreException.Unavailable(
            "cannot read object "
                + object
                + ": storage unavailable: requests failed one after the other, the last: "
                + lastFailure,
            null,
            pause);
      }
      try {
        clock.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ObjectStoreException.Unavailable(
            "cannot read object " + object + ": interrupted while the storage is unavailable", e);
      }
    }
  }

  @Override
  public Page<ObjectEntry> listPage(String prefix, String token) throws ObjectStoreException {
    return guarded(prefix, () -> super.listPage(prefix, token));
  }

  @Override
  public Page<String> listDirectoriesPage(String prefix, String token) throws ObjectStoreException {
    return guarded(prefix, () -> super.listDirectoriesPage(prefix, token));
  }

  @Override
  public Optional<ObjectVersion> head(ObjectKey key) throws ObjectStoreException {
    return guarded(key.name(), () -> super.head(key));
  }

  @Override
  public ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException {
    return guarded(key.name(), () -> super.readAll(key, maxBytes));
  }

  @Override
  public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
    return guarded(object.key().name(), () -> super.read(object, range));
  }

  @Override
  public Tail readTail(ObjectKey key, long length) throws ObjectStoreException {
    return guarded(key.name(), () -> super.readTail(key, length));
  }
}
