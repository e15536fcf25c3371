package io.lamella.gateway.fetch;

import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.metrics.FetchMetrics.Hedge;
import io.lamella.storage.concurrent.TaskFailure;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
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
import org.jspecify.annotations.Nullable;

/// Hedges small reads: where the first request is slow, it sends a second one, takes the first
/// response and interrupts the other request. Time to first byte varies by a factor of ten and
/// independently from request to request, so the faster of two has a far shorter tail (Dean and
/// Barroso, The Tail at Scale, 2013).
///
/// *When.* Once the first request has taken longer than a quantile of the recent latencies of its
/// size. While few reads are running, this is an early quantile: a request costs 0.00004 cents, and
/// of two that start almost at once the faster has half the median and half the tail of one. While
/// many are running, hedges would compete with other reads, and a late quantile leaves them to the
/// reads that are truly slow. Either way hedges are at most a share of the first requests
/// ([HedgeBudget]). A share too small for the early quantile is spent at the quantile that it
/// affords (0.7 for 30 %), unless many hedges are saved up.
///
/// *What is not bounded.* A hedged request takes no permit of the read scheduler: the share bounds
/// it.
///
/// *What is measured.* First requests only. For an interrupted request the time until the interrupt
/// is recorded, a lower bound that is above the early quantile. Late quantiles come out too low
/// while most reads are hedged, so a burst begins with too many hedges, until its own reads are the
/// measured ones.
public final class HedgingObjectStore extends ForwardingObjectStore {
  /// Up to this many running reads count as few; a month of day blocks in one batch is below it.
  private static final int LIGHT_LOAD_READS = 32;

  private static final double LATE_QUANTILE = 0.9;

  private final ObjectStore hedgeStore;
  private final HedgePolicy policy;
  private final FetchMetrics metrics;
  private final HedgeClock clock;
  private final LatencyQuantiles latencies = new LatencyQuantiles();
  private final HedgeBudget budget;
  private final AtomicInteger running = new AtomicInteger();

  /// When a hedged request is sent.
  ///
  /// @param maxBytes longer reads are never hedged
  /// @param quantile of recent latencies after which a read counts as slow while few reads are
  ///   running, 0 to 1
  /// @param maxShare of hedged requests among all reads, 0 to 1; 0 sends none
  /// @param minDelay no hedged request is sent earlier than this after the first one
  public record HedgePolicy(long maxBytes, double quantile, double maxShare, Duration minDelay) {
    public static final HedgePolicy DEFAULT =
        new HedgePolicy(256 << 10, 0.1, 1, Duration.ofMillis(3));

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

  /// The clock, which tests control.
  interface HedgeClock {
    long nanos();

    /// The next request that finishes within so many nanoseconds, or null where none does.
    <T> @Nullable Future<T> poll(CompletionService<T> finished, long nanos)
        throws InterruptedException;
  }

  private static final class SystemClock implements HedgeClock {
    @Override
    public long nanos() {
      return System.nanoTime();
    }

    @Override
    public <T> @Nullable Future<T> poll(CompletionService<T> finished, long nanos)
        throws InterruptedException {
      return finished.poll(nanos, TimeUnit.NANOSECONDS);
    }
  }

  /// @param store receives all first requests
  /// @param hedgeStore receives the hedged ones; where `store` is a mirror, the bucket behind it
  public HedgingObjectStore(
      ObjectStore store, ObjectStore hedgeStore, HedgePolicy policy, FetchMetrics metrics) {
    this(store, hedgeStore, policy, metrics, new SystemClock());
  }

  HedgingObjectStore(
      ObjectStore store,
      ObjectStore hedgeStore,
      HedgePolicy policy,
      FetchMetrics metrics,
      HedgeClock clock) {
    super(store);
    this.hedgeStore = hedgeStore;
    this.policy = policy;
    this.metrics = metrics;
    this.clock = clock;
    this.budget = new HedgeBudget(policy.maxShare());
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

  private <T> T hedged(ObjectKey key, long bytes, HedgedRead<T> read) throws ObjectStoreException {
    if (policy.maxShare() == 0 || bytes > policy.maxBytes()) {
      return read.from(store());
    }
    budget.earn();
    OptionalLong delay = latencies.quantile(bytes, quantile(running.incrementAndGet()));
    long begun = clock.nanos();
    try {
      T result =
          delay.isEmpty()
              ? read.from(store())
              : race(key, read, Math.max(delay.getAsLong(), policy.minDelay().toNanos()));
      latencies.add(bytes, clock.nanos() - begun);
      return result;
    } finally {
      running.decrementAndGet();
    }
  }

  private double quantile(int reads) {
    if (reads > LIGHT_LOAD_READS) {
      return Math.max(policy.quantile(), LATE_QUANTILE);
    }
    return budget.allowsEarly()
        ? policy.quantile()
        : Math.max(policy.quantile(), 1 - policy.maxShare());
  }

  private <T> T race(ObjectKey key, HedgedRead<T> read, long delayNanos)
      throws ObjectStoreException {
    CompletionService<T> finished =
        new ExecutorCompletionService<>(task -> Thread.ofVirtual().name("hedged").start(task));
    Future<T> first = finished.submit(() -> read.from(store()));
    Optional<Future<T>> hedge = Optional.empty();
    try {
      Future<T> done = clock.poll(finished, delayNanos);
      if (done == null) {
        hedge = hedge(finished, read);
        done = finished.take();
        if (hedge.isPresent() && done.state() == Future.State.FAILED) {
          done = finished.take();
        }
        if (done != first && done.state() == Future.State.SUCCESS) {
          metrics.hedge(Hedge.WON);
        }
      }
      return done.get();
    } catch (ExecutionException e) {
      throw TaskFailure.of(e, ObjectStoreException.class);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ObjectStoreException.Unavailable("cannot read object " + key + ": interrupted", e);
    } finally {
      first.cancel(true);
      hedge.ifPresent(h -> h.cancel(true));
    }
  }

  private <T> Optional<Future<T>> hedge(CompletionService<T> finished, HedgedRead<T> read) {
    if (!budget.take()) {
      metrics.hedge(Hedge.CAPPED);
      return Optional.empty();
    }
    metrics.hedge(Hedge.SENT);
    return Optional.of(finished.submit(() -> read.from(hedgeStore)));
  }
}
