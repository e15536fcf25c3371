package io.lamella.storage.object;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/// Injects faults into requests to another store: first those planned by [#next], in order, then
/// random ones from a seed. Thread-safe. Faults of a response body affect only reads.
public final class FaultyObjectStore extends ForwardingObjectStore {
  /// The faults of a request.
  public enum Fault {
    /// No fault.
    NONE,
    /// The store answers 503.
    UNAVAILABLE,
    /// The request takes effect, and its response is lost.
    LOST_RESPONSE,
    /// The response waits for [#release].
    STALL,
    /// The body ends early, and the client detects it.
    SHORT_BODY,
    /// The body of a ranged read ends half-way, and the client keeps the first half.
    CUT_BODY,
    /// One bit of the body is flipped, and the client does not detect it.
    FLIPPED_BIT,
    /// The object is another version than requested.
    CHANGED,
    /// The response takes a few milliseconds.
    SLOW
  }

  private final Random random;
  private final double rate;
  private final List<Fault> kinds;
  private final Deque<Fault> planned = new ArrayDeque<>();
  private final CountDownLatch released = new CountDownLatch(1);

  /// @param rate share of the requests that fail, 0 to 1
  /// @param kinds the faults to choose from
  public FaultyObjectStore(ObjectStore store, long seed, double rate, Fault... kinds) {
    super(store);
    this.random = new Random(seed);
    this.rate = rate;
    this.kinds = List.of(kinds);
  }

  /// A store that fails only as planned.
  public FaultyObjectStore(ObjectStore store) {
    this(store, 0, 0);
  }

  /// Plans the next requests.
  public synchronized void next(Fault... faults) {
    planned.addAll(Arrays.asList(faults));
  }

  /// Ends the waiting of stalled responses; later ones do not stall.
  public void release() {
    released.countDown();
  }

  private synchronized Fault draw() {
    if (!planned.isEmpty()) {
      return planned.remove();
    }
    boolean fails = !kinds.isEmpty() && random.nextDouble() < rate;
    return fails ? kinds.get(random.nextInt(kinds.size())) : Fault.NONE;
  }

  private synchronized int number(int bound) {
    return random.nextInt(bound);
  }

  @FunctionalInterface
  private interface Request<T> {
    T send() throws ObjectStoreException;
  }

  private <T> T failing(Object what, Fault fault, Request<T> request) throws ObjectStoreException {
    switch (fault) {
      case UNAVAILABLE ->
          throw new ObjectStoreException.Unavailable(
              "cannot reach object " + what + ": status 503", null, Duration.ofMillis(1));
      case SHORT_BODY ->
          throw new ObjectStoreException.Unavailable(
              "cannot read object " + what + ": the body ended early", null);
      case CHANGED ->
          throw new ObjectStoreException.Changed(
              "cannot read object " + what + ": another etag", null);
      case LOST_RESPONSE -> {
        request.send();
        throw new ObjectStoreException.Unknown("the response for " + what + " was lost", null);
      }
      case STALL -> {
        try {
          released.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new ObjectStoreException.Unavailable("interrupted at object " + what, e);
        }
      }
      case SLOW -> LockSupport.parkNanos(1_000_000L * (1 + number(5)));
      case NONE, FLIPPED_BIT, CUT_BODY -> {}
    }
    return request.send();
  }

  private <T> T failing(Object what, Request<T> request) throws ObjectStoreException {
    return failing(what, draw(), request);
  }

  private ByteBuffer flipped(Fault fault, ByteBuffer bytes) {
    if (fault != Fault.FLIPPED_BIT || !bytes.hasRemaining()) {
      return bytes;
    }
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    copy[number(copy.length)] ^= (byte) (1 << number(8));
    return ByteBuffer.wrap(copy);
  }

  @Override
  public Page<ObjectEntry> listPage(String prefix, String token) throws ObjectStoreException {
    return failing(prefix, () -> store().listPage(prefix, token));
  }

  @Override
  public Page<String> listDirectoriesPage(String prefix, String token) throws ObjectStoreException {
    return failing(prefix, () -> store().listDirectoriesPage(prefix, token));
  }

  @Override
  public Optional<ObjectVersion> head(ObjectKey key) throws ObjectStoreException {
    return failing(key, () -> store().head(key));
  }

  @Override
  public ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException {
    Fault fault = draw();
    return flipped(fault, failing(key, fault, () -> store().readAll(key, maxBytes)));
  }

  @Override
  public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
    Fault fault = draw();
    ByteBuffer bytes = failing(object.key(), fault, () -> store().read(object, range));
    if (fault == Fault.CUT_BODY) {
      ObjectVersion version = store().head(object.key()).orElseThrow();
      throw ObjectStoreException.Unavailable.after(
          new ObjectStoreException.Received(version, bytes.slice(0, bytes.remaining() / 2)),
          "cannot read object " + object.key() + ": the body ended early",
          null);
    }
    return flipped(fault, bytes);
  }

  @Override
  public Tail readTail(ObjectKey key, long length) throws ObjectStoreException {
    Fault fault = draw();
    Tail tail = failing(key, fault, () -> store().readTail(key, length));
    return new Tail(tail.version(), flipped(fault, tail.bytes()));
  }

  @Override
  public ObjectVersion put(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException {
    return failing(key, () -> store().put(key, bytes));
  }

  @Override
  public ObjectVersion put(ObjectKey key, Path file) throws ObjectStoreException {
    return failing(key, () -> store().put(key, file));
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException {
    return failing(key, () -> store().putIfAbsent(key, bytes));
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, Path file) throws ObjectStoreException {
    return failing(key, () -> store().putIfAbsent(key, file));
  }

  @Override
  public void delete(ObjectKey key) throws ObjectStoreException {
    failing(
        key,
        () -> {
          store().delete(key);
          return Boolean.TRUE;
        });
  }
}
