package io.lamella.storage.object;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// Retries requests that failed for a temporary reason, after exponentially longer pauses with full
/// jitter, and not before the store's `Retry-After`. Where that is after the deadline, or the
/// [RetryBudget] is used up, the failure is thrown at once. A ranged read whose body broke off is
/// continued where it stopped. After a conditional put whose response was lost, the object is read
/// back before the put is retried.
public final class RetryingObjectStore extends ForwardingObjectStore {
  private final RetryPolicy policy;
  private final RetryBudget budget;
  private final RetryClock time;

  /// @param retries maximum number of retries of a request
  /// @param first maximum of the first pause; the maximum doubles with each retry, up to `longest`
  /// @param deadline the time from the first attempt after which no retry starts; uploads of files,
  ///   which may take long, are limited by `retries` alone
  public record RetryPolicy(int retries, Duration first, Duration longest, Duration deadline) {
    private static final Duration NONE = Duration.ofDays(365);

    public static RetryPolicy of(int retries) {
      return new RetryPolicy(
          retries, Duration.ofMillis(50), Duration.ofSeconds(5), Duration.ofMinutes(1));
    }

    RetryPolicy withoutDeadline() {
      return within(NONE);
    }

    /// The same with another deadline.
    public RetryPolicy within(Duration time) {
      return new RetryPolicy(retries, first, longest, time);
    }

    Duration pause(int attempt, Optional<Duration> retryAfter) {
      long maxMillis = Math.min(longest.toMillis(), first.toMillis() << Math.min(attempt, 20));
      Duration jittered = Duration.ofMillis(ThreadLocalRandom.current().nextLong(maxMillis + 1));
      return retryAfter.filter(d -> d.compareTo(jittered) > 0).orElse(jittered);
    }
  }

  /// The clock and the pauses; tests replace it.
  interface RetryClock {
    long nanos();

    void sleep(Duration pause) throws InterruptedException;
  }

  private static final class SystemTime implements RetryClock {
    @Override
    public long nanos() {
      return System.nanoTime();
    }

    @Override
    public void sleep(Duration pause) throws InterruptedException {
      Thread.sleep(pause);
    }
  }

  /// Retries without a budget: each request by itself.
  public RetryingObjectStore(ObjectStore store, RetryPolicy policy) {
    this(store, policy, RetryBudget.unlimited());
  }

  /// @param budget may be shared with other stores
  public RetryingObjectStore(ObjectStore store, RetryPolicy policy, RetryBudget budget) {
    this(store, policy, budget, new SystemTime());
  }

  RetryingObjectStore(ObjectStore store, RetryPolicy policy, RetryBudget budget, RetryClock time) {
    super(store);
    this.policy = policy;
    this.budget = budget;
    this.time = time;
  }

  /// The attempts at one request.
  private final class Attempts {
    private final RetryPolicy allowed;
    private final long begun = time.nanos();
    private int failed;

    Attempts(RetryPolicy allowed) {
      this.allowed = allowed;
      budget.earn();
    }

    /// Waits until it is time to try again.
    ///
    /// @throws ObjectStoreException `failure`, where there is no further attempt
    void next(ObjectStoreException failure, Optional<Duration> retryAfter)
        throws ObjectStoreException {
      if (failed >= allowed.retries()) {
        throw failure;
      }
      Duration pause = allowed.pause(failed++, retryAfter);
      if (Duration.ofNanos(time.nanos() - begun).plus(pause).compareTo(allowed.deadline()) > 0
          || Thread.currentThread().isInterrupted()
          || !budget.takeForRetry()) {
        throw failure;
      }
      try {
        time.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw failure;
      }
    }
  }

  @FunctionalInterface
  private interface Request<T> {
    T send() throws ObjectStoreException;
  }

  private <T> T retry(Request<T> request) throws ObjectStoreException {
    return retry(policy, request);
  }

  private <T> T retry(RetryPolicy allowed, Request<T> request) throws ObjectStoreException {
    Attempts attempts = new Attempts(allowed);
    while (true) {
      try {
        return request.send();
      } catch (ObjectStoreException.Unavailable e) {
        attempts.next(e, e.retryAfter());
      }
    }
  }

  @Override
  public Page<ObjectEntry> listPage(String prefix, String token) throws ObjectStoreException {
    return retry(() -> store().listPage(prefix, token));
  }

  @Override
  public Page<String> listDirectoriesPage(String prefix, String token) throws ObjectStoreException {
    return retry(() -> store().listDirectoriesPage(prefix, token));
  }

  @Override
  public Optional<ObjectVersion> head(ObjectKey key) throws ObjectStoreException {
    return retry(() -> store().head(key));
  }

  @Override
  public ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException {
    return retry(() -> store().readAll(key, maxBytes));
  }

  @Override
  public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
    Attempts attempts = new Attempts(policy);
    ResumedRead read = new ResumedRead(object, range);
    while (true) {
      try {
        return read.complete(store().read(read.object(), read.missing()));
      } catch (ObjectStoreException.Unavailable e) {
        e.received().ifPresent(read::add);
        if (read.isComplete()) {
          return read.complete(ByteBuffer.allocate(0));
        }
        attempts.next(e, e.retryAfter());
      }
    }
  }

  @Override
  public Tail readTail(ObjectKey key, long length) throws ObjectStoreException {
    return retry(() -> store().readTail(key, length));
  }

  @Override
  public ObjectVersion put(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException {
    return retry(() -> store().put(key, bytes.duplicate()));
  }

  @Override
  public ObjectVersion put(ObjectKey key, Path file) throws ObjectStoreException {
    return retry(policy.withoutDeadline(), () -> store().put(key, file));
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException {
    boolean lost = false;
    Attempts attempts = new Attempts(policy);
    while (true) {
      try {
        PutOutcome outcome = store().putIfAbsent(key, bytes.duplicate());
        // The object may be ours, from an earlier attempt whose response was lost.
        return lost && outcome == PutOutcome.ALREADY_THERE ? outcomeByBytes(key, bytes) : outcome;
      } catch (ObjectStoreException.Unknown e) {
        lost = true;
        attempts.next(e, Optional.empty());
        if (head(key).isPresent()) {
          return outcomeByBytes(key, bytes);
        }
      } catch (ObjectStoreException.Unavailable e) {
        attempts.next(e, e.retryAfter());
      }
    }
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, Path file) throws ObjectStoreException {
    Attempts attempts = new Attempts(policy.withoutDeadline());
    while (true) {
      try {
        return store().putIfAbsent(key, file);
      } catch (ObjectStoreException.Unavailable e) {
        attempts.next(e, e.retryAfter());
      } catch (ObjectStoreException.Unknown e) {
        // The name carries a digest of the content, so an object that is there now is as good.
        attempts.next(e, Optional.empty());
      }
    }
  }

  /// Compares the bytes to find out whether this or another writer has put the object.
  private PutOutcome outcomeByBytes(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException {
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
      store().delete(key);
      return Boolean.TRUE;
    });
  }
}
