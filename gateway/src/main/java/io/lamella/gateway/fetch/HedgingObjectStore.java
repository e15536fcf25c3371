package io.lamella.gateway.fetch;

import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.metrics.FetchMetrics.Hedge;
import io.lamella.gateway.metrics.RequestOrigin;
import io.lamella.storage.concurrent.TaskFailure;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.RetryBudget;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Hedges reads: where the first request is slow, it sends a second one and takes the first
/// response. Time to first byte varies by a factor of ten and mostly independently from request to
/// request, so the faster of two has a far shorter tail (Dean and Barroso, The Tail at Scale,
/// 2013).
///
/// *When.* After the quantile of the recent latencies that gains most for the batch, as measured;
/// not at all where hedged requests save too little time ([HedgeDelays]). Nor while the store is in
/// trouble: hedged requests are at most a share of the first ones ([HedgeBudget]), and there are
/// none while many requests are retried ([RetryBudget]) or the circuit breaker is not closed.
///
/// *The slower request* is read to its end, so that its connection is used again ([Draining]). Its
/// bytes are bounded by the size of hedged reads. It takes no permit of the read scheduler: the
/// share bounds it.
///
/// *What is measured.* The latency of every first request, also of those that were overtaken and of
/// those that are never hedged ([#unhedged()]); and of each pair of requests, how much later the
/// first response would have been without the second.
public final class HedgingObjectStore extends ForwardingObjectStore {
  private final ObjectStore hedgeStore;
  private final HedgePolicy policy;
  private final HedgeGuard guard;
  private final FetchMetrics metrics;
  private final HedgeClock clock;
  private final HedgeDelays delays;
  private final HedgeBudget budget;
  private final AtomicInteger running = new AtomicInteger();

  /// When a hedged request is sent.
  ///
  /// @param maxBytes longer reads are never hedged
  /// @param quantile of recent latencies, 0 to 1, before which no hedged request is sent
  /// @param maxShare of hedged requests among all reads, 0 to 1; 0 sends none
  /// @param minDelay no hedged request is sent earlier than this after the first one
  /// @param minSaving time that a hedged request must save on average
  public record HedgePolicy(
      long maxBytes, double quantile, double maxShare, Duration minDelay, Duration minSaving) {
    public static final HedgePolicy DEFAULT =
        new HedgePolicy(2 << 20, 0.1, 0.3, Duration.ofMillis(3), Duration.ofMillis(15));

    public HedgePolicy {
      if (!(quantile >= 0 && quantile <= 1 && maxShare >= 0 && maxShare <= 1)) {
        throw new IllegalArgumentException(
            "cannot hedge from quantile "
                + quantile
                + " with a share of "
                + maxShare
                + ": both are between 0 and 1");
      }
    }
  }

  /// What hedging must leave to the rest of the process.
  ///
  /// @param retries budget that allows hedged requests only while few requests are retried
  /// @param storeAnswers false for objects that an open circuit breaker guards
  public record HedgeGuard(RetryBudget retries, Predicate<ObjectKey> storeAnswers) {}

  /// The clock, which tests control.
  interface HedgeClock {
    long nanos();

    /// The next request that finishes within so many nanoseconds, or null where none does.
    <T> @Nullable Future<T> poll(CompletionService<T> finished, long nanos)
        throws InterruptedException;

    /// Lets a request end that nobody waits for.
    void drain(Future<?> request);
  }

  private record SystemClock(Draining draining) implements HedgeClock {
    @Override
    public long nanos() {
      return System.nanoTime();
    }

    @Override
    public <T> @Nullable Future<T> poll(CompletionService<T> finished, long nanos)
        throws InterruptedException {
      return finished.poll(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void drain(Future<?> request) {
      draining.drain(request);
    }
  }

  /// @param store receives all first requests
  /// @param hedgeStore receives the hedged ones; where `store` is a mirror, the bucket behind it
  public HedgingObjectStore(
      ObjectStore store,
      ObjectStore hedgeStore,
      HedgePolicy policy,
      HedgeGuard guard,
      FetchMetrics metrics) {
    this(store, hedgeStore, policy, guard, metrics, new SystemClock(Draining.standard()));
  }

  HedgingObjectStore(
      ObjectStore store,
      ObjectStore hedgeStore,
      HedgePolicy policy,
      HedgeGuard guard,
      FetchMetrics metrics,
      HedgeClock clock) {
    super(store);
    this.hedgeStore = hedgeStore;
    this.policy = policy;
    this.guard = guard;
    this.metrics = metrics;
    this.clock = clock;
    this.budget = new HedgeBudget(policy.maxShare());
    this.delays = new HedgeDelays(policy.quantile(), policy.minSaving().toNanos());
    metrics.gauge(
        "lamella_hedge_quantile",
        "Quantile of recent latencies after which a single read of 64 KiB is hedged; 1 where hedging does not pay.",
        () -> delays.quantile(64 << 10));
    metrics.gauge(
        "lamella_hedge_gain_ratio",
        "Time that hedged requests saved, as a share of what independent requests would save.",
        delays::trust);
  }

  /// A read that can be sent to either store.
  @FunctionalInterface
  private interface HedgedRead<T> {
    T from(ObjectStore store) throws ObjectStoreException;
  }

  @Override
  public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
    return hedged(object.key(), range.length(), s -> s.read(object, range));
  }

  @Override
  public Tail readTail(ObjectKey key, long length) throws ObjectStoreException {
    return hedged(key, length, s -> s.readTail(key, length));
  }

  /// The first store, for reads that are not hedged but measured like first requests. So the
  /// latencies are known before the first read that may be hedged.
  public ObjectStore unhedged() {
    return new Unhedged();
  }

  private final class Unhedged extends ForwardingObjectStore {
    Unhedged() {
      super(HedgingObjectStore.this.store());
    }

    @Override
    public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
      return measured(range.length(), s -> s.read(object, range));
    }

    @Override
    public Tail readTail(ObjectKey key, long length) throws ObjectStoreException {
      return measured(length, s -> s.readTail(key, length));
    }

    private <T> T measured(long bytes, HedgedRead<T> read) throws ObjectStoreException {
      long begun = clock.nanos();
      T response = read.from(store());
      delays.add(bytes, clock.nanos() - begun);
      budget.earn();
      return response;
    }
  }

  private <T> T hedged(ObjectKey key, long bytes, HedgedRead<T> read) throws ObjectStoreException {
    if (policy.maxShare() == 0 || bytes > policy.maxBytes()) {
      return read.from(store());
    }
    budget.earn();
    running.incrementAndGet();
    try {
      return new Race<>(bytes, read).run(key);
    } finally {
      running.decrementAndGet();
    }
  }

  /// One read: the first request and perhaps a hedged one.
  private final class Race<T> {
    private final long bytes;
    private final HedgedRead<T> read;
    private final RequestOrigin origin = RequestOrigin.current();
    private final CompletionService<T> finished =
        new ExecutorCompletionService<>(task -> Thread.ofVirtual().name("read").start(task));
    private final long begun = clock.nanos();
    private Optional<Future<T>> hedge = Optional.empty();

    // Guarded by this race.
    private OptionalLong firstNanos = OptionalLong.empty();
    private OptionalLong hedgedNanos = OptionalLong.empty();
    private double calculatedSaving;

    Race(long bytes, HedgedRead<T> read) {
      this.bytes = bytes;
      this.read = read;
    }

    T run(ObjectKey key) throws ObjectStoreException {
      Future<T> first = finished.submit(this::first);
      try {
        Future<T> done = awaitDelay();
        if (done == null) {
          hedge(key);
          done = finished.take();
          if (hedge.isPresent() && done.state() == Future.State.FAILED) {
            done = finished.take();
          }
          if (done != first && done.state() == Future.State.SUCCESS) {
            metrics.hedge(Hedge.WON);
          }
        }
        T response = done.get();
        clock.drain(first);
        hedge.ifPresent(clock::drain);
        return response;
      } catch (ExecutionException e) {
        throw TaskFailure.of(e, ObjectStoreException.class);
      } catch (InterruptedException e) {
        first.cancel(true);
        hedge.ifPresent(h -> h.cancel(true));
        Thread.currentThread().interrupt();
        throw new ObjectStoreException.Unavailable(
            "cannot read object " + key + ": interrupted", e);
      }
    }

    private T first() throws ObjectStoreException {
      T response = origin.call(() -> read.from(store()));
      long nanos = clock.nanos() - begun;
      delays.add(bytes, nanos);
      synchronized (this) {
        firstNanos = OptionalLong.of(nanos);
        measure();
      }
      return response;
    }

    /// Waits for the first request until it is time to hedge.
    ///
    /// @return the request where it finished before that, or is never hedged
    private @Nullable Future<T> awaitDelay() throws InterruptedException {
      // By then the other reads of the batch have been sent, too.
      Future<T> done = clock.poll(finished, policy.minDelay().toNanos());
      if (done != null) {
        return done;
      }
      OptionalLong delay = delays.delay(bytes, running.get());
      if (delay.isEmpty()) {
        return finished.take();
      }
      long left = delay.getAsLong() - policy.minDelay().toNanos();
      return left <= 0 ? null : clock.poll(finished, left);
    }

    private void hedge(ObjectKey key) {
      if (!guard.storeAnswers().test(key)) {
        return;
      }
      if (!guard.retries().allowsHedge() || !budget.take()) {
        metrics.hedge(Hedge.CAPPED);
        return;
      }
      metrics.hedge(Hedge.SENT);
      synchronized (this) {
        calculatedSaving = delays.calculatedSaving(bytes, clock.nanos() - begun);
      }
      hedge = Optional.of(finished.submit(this::hedged));
    }

    private T hedged() throws ObjectStoreException {
      T response = origin.hedged().call(() -> read.from(hedgeStore));
      synchronized (this) {
        hedgedNanos = OptionalLong.of(clock.nanos() - begun);
        measure();
      }
      return response;
    }

    /// Records what the hedged request saved, once both requests have ended; under the lock.
    private void measure() {
      if (firstNanos.isPresent() && hedgedNanos.isPresent()) {
        delays.saved(
            calculatedSaving, Math.max(0, firstNanos.getAsLong() - hedgedNanos.getAsLong()));
      }
    }
  }
}
