package io.lamella.storage.object;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/// Repeats what failed for a passing reason, after exponentially longer pauses with full jitter,
/// and not before a time that the store asks for. A conditional put whose answer was lost is not
/// repeated blindly: it is read back first.
public final class RetryingObjectStore implements ObjectStore {
  private final ObjectStore store;
  private final Policy policy;

  /// @param retries how often a request is repeated
  /// @param first most that the first pause takes; each next may take twice as long, up to
  ///   `longest`
  public record Policy(int retries, Duration first, Duration longest) {
    public static Policy of(int retries) {
      return new Policy(retries, Duration.ofMillis(50), Duration.ofSeconds(5));
    }

    Duration pause(int attempt, Optional<Duration> asked) {
      long most = Math.min(longest.toMillis(), first.toMillis() << Math.min(attempt, 20));
      long jittered = ThreadLocalRandom.current().nextLong(most + 1);
      long least = asked.map(d -> Math.min(d.toMillis(), longest.toMillis())).orElse(0L);
      return Duration.ofMillis(Math.max(jittered, least));
    }
  }

  public RetryingObjectStore(ObjectStore store, Policy policy) {
    this.store = store;
    this.policy = policy;
  }

  @FunctionalInterface
  private interface Request<T> {
    T send() throws ObjectStoreException;
  }

  private <T> T retry(Request<T> request) throws ObjectStoreException {
    for (int attempt = 0; ; attempt++) {
      try {
        return request.send();
      } catch (ObjectStoreException.Unavailable e) {
        if (attempt >= policy.retries()) {
          throw e;
        }
        pause(policy.pause(attempt, e.retryAfter()), e);
      }
    }
  }

  private static void pause(Duration d, ObjectStoreException cause) throws ObjectStoreException {
    try {
      Thread.sleep(d);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cause;
    }
  }

  @Override
  public Stream<ObjectEntry> list(String prefix) throws ObjectStoreException {
    return retry(() -> store.list(prefix));
  }

  @Override
  public Stream<String> listDirectories(String prefix) throws ObjectStoreException {
    return retry(() -> store.listDirectories(prefix));
  }

  @Override
  public Optional<ObjectVersion> head(ObjectKey key) throws ObjectStoreException {
    return retry(() -> store.head(key));
  }

  @Override
  public ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException {
    return retry(() -> store.readAll(key, maxBytes));
  }

  @Override
  public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
    return retry(() -> store.read(object, range));
  }

  @Override
  public Tail readTail(ObjectKey key, long length) throws ObjectStoreException {
    return retry(() -> store.readTail(key, length));
  }

  @Override
  public ObjectVersion put(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException {
    return retry(() -> store.put(key, bytes.duplicate()));
  }

  @Override
  public ObjectVersion put(ObjectKey key, Path file) throws ObjectStoreException {
    return retry(() -> store.put(key, file));
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException {
    boolean lost = false;
    for (int attempt = 0; ; attempt++) {
      try {
        PutOutcome outcome = store.putIfAbsent(key, bytes.duplicate());
        // What is there may be what an earlier request of ours put after its answer was lost.
        return lost && outcome == PutOutcome.ALREADY_THERE ? whose(key, bytes) : outcome;
      } catch (ObjectStoreException.Unknown e) {
        if (attempt >= policy.retries()) {
          throw e;
        }
        lost = true;
        pause(policy.pause(attempt, Optional.empty()), e);
        if (head(key).isPresent()) {
          return whose(key, bytes);
        }
      } catch (ObjectStoreException.Unavailable e) {
        if (attempt >= policy.retries()) {
          throw e;
        }
        pause(policy.pause(attempt, e.retryAfter()), e);
      }
    }
  }

  /// Ours or another writer's: the bytes tell.
  private PutOutcome whose(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException {
    try {
      return readAll(key, bytes.remaining()).equals(bytes)
          ? PutOutcome.STORED
          : PutOutcome.ALREADY_THERE;
    } catch (ObjectStoreException.TooLarge e) {
      return PutOutcome.ALREADY_THERE;
    }
  }

  @Override
  public void delete(ObjectKey key) throws ObjectStoreException {
    retry(() -> {
      store.delete(key);
      return Boolean.TRUE;
    });
  }

  @Override
  public String description() {
    return store.description();
  }

  @Override
  public void close() {
    store.close();
  }
}
