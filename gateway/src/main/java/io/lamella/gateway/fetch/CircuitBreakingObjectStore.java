package io.lamella.gateway.fetch;

import io.lamella.gateway.metrics.FetchMetrics;
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
import java.util.Optional;

/// Stops sending requests to a store that fails one after the other, be it with 503 or without a
/// response ([CircuitBreaker]). A request that meets the open breaker waits for its probe to
/// succeed; the first that may becomes the probe itself. After a limit it fails.
///
/// The gateway only reads, so writes do not pass the breaker.
public final class CircuitBreakingObjectStore extends ForwardingObjectStore {
  /// How long a request waits for the store to recover.
  static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  /// How long a request waits before it looks again whether a probe has succeeded.
  private static final Duration LOOK = Duration.ofMillis(50);

  private final CircuitBreaker breaker;
  private final BreakerClock clock;
  private volatile String lastFailure = "";

  /// The clock and the pauses; tests replace it.
  interface BreakerClock extends InstantSource {
    void sleep(Duration pause) throws InterruptedException;
  }

  private static final class SystemClock implements BreakerClock {
    @Override
    public Instant instant() {
      return InstantSource.system().instant();
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
    this.breaker = new CircuitBreaker(thresholds, clock);
    this.clock = clock;
    metrics.gauge(
        "lamella_object_store_breaker_state",
        "State of the circuit breaker of the object store: 0 closed, 1 half-open, 2 open.",
        () -> breaker.state().ordinal());
  }

  /// Whether the store answers: no request may be sent that is not needed otherwise.
  public boolean isClosed() {
    return breaker.state() == CircuitBreaker.State.CLOSED;
  }

  @FunctionalInterface
  private interface Request<T> {
    T send() throws ObjectStoreException;
  }

  private <T> T guarded(Object object, Request<T> request) throws ObjectStoreException {
    CircuitBreaker.Permit permit = await(object);
    boolean reported = false;
    try {
      T response = request.send();
      breaker.succeeded(permit);
      reported = true;
      return response;
    } catch (ObjectStoreException.Unavailable e) {
      if (!Thread.currentThread().isInterrupted()) {
        lastFailure = String.valueOf(e.getMessage());
        breaker.failed(permit, e.retryAfter());
        reported = true;
      }
      throw e;
    } catch (ObjectStoreException e) {
      // An answer, if not the hoped-for one.
      breaker.succeeded(permit);
      reported = true;
      throw e;
    } finally {
      if (!reported) {
        breaker.abandoned(permit);
      }
    }
  }

  private CircuitBreaker.Permit await(Object object) throws ObjectStoreException {
    Instant end = clock.instant().plus(LONGEST_WAIT);
    while (true) {
      CircuitBreaker.Permit permit = breaker.request();
      if (permit != CircuitBreaker.Permit.NONE) {
        return permit;
      }
      Duration pause = breaker.untilProbe();
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
    return guarded(key, () -> super.head(key));
  }

  @Override
  public ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException {
    return guarded(key, () -> super.readAll(key, maxBytes));
  }

  @Override
  public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
    return guarded(object.key(), () -> super.read(object, range));
  }

  @Override
  public Tail readTail(ObjectKey key, long length) throws ObjectStoreException {
    return guarded(key, () -> super.readTail(key, length));
  }
}
