package io.lamella.gateway.fetch;

import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.metrics.FetchMetrics.Hedge;
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
import java.util.function.LongSupplier;

/// Sends a second request for a small read whose first is slow; the first answer wins and the other
/// request is interrupted. Time to first byte varies by a factor of ten and independently from
/// request to request, so the faster of two has a far shorter tail (Dean and Barroso, The Tail at
/// Scale, 2013).
///
/// *When.* Once the first has taken longer than a quantile of what reads of its size took lately.
/// While few reads are under way that is an early one: a request costs 0.00004 cents, and of two
/// that start almost at once the faster has half the median and half the tail of one. While many
/// are, second requests would only stand in each other's way, and a late quantile leaves them to
/// the reads that are truly slow. Either way they are at most a share of the first ones; a share
/// that cannot pay for the early quantile is spent at the one that it can pay for (0.7 for 30 %),
/// unless plenty is saved up.
///
/// *What it does not do.* A second request passes no gate of its own: its share is its bound.
///
/// *What is measured.* First requests alone. Of one that is interrupted it is known that it took at
/// least so long; counted as such, it lies above the early quantile, where it belongs. Late ones
/// come out too low for it while most reads are asked twice, so that a burst begins with more
/// second requests than it should have, until its own reads are the measured ones.
public final class HedgingObjectStore extends ForwardingObjectStore {
  /// A month of day blocks in one wave still counts as few.
  private static final int FEW = 32;

  private static final double LATE = 0.9;

  private final ObjectStore second;
  private final Policy policy;
  private final FetchMetrics metrics;
  private final LongSupplier nanoTime;
  private final LatencyQuantiles latencies = new LatencyQuantiles();
  private final HedgeBudget allowance;
  private final AtomicInteger underWay = new AtomicInteger();

  /// When a second request is sent.
  ///
  /// @param maxBytes reads beyond this are never sent twice
  /// @param quantile of recent latencies after which a read counts as slow while few are under way,
  ///   0 to 1
  /// @param maxShare of second requests among all, 0 to 1; 0 sends none
  /// @param least no read that took less counts as slow
  public record Policy(long maxBytes, double quantile, double maxShare, Duration least) {
    public static final Policy DEFAULT = new Policy(256 << 10, 0.1, 1, Duration.ofMillis(3));

    public Policy {
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

  /// @param first gets all requests
  /// @param second gets the second ones; where `first` is a mirror, the store behind it
  public HedgingObjectStore(
      ObjectStore first, ObjectStore second, Policy policy, FetchMetrics metrics) {
    this(first, second, policy, metrics, System::nanoTime);
  }

  HedgingObjectStore(
      ObjectStore first,
      ObjectStore second,
      Policy policy,
      FetchMetrics metrics,
      LongSupplier nanoTime) {
    super(first);
    this.second = second;
    this.policy = policy;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
    this.allowance = new HedgeBudget(policy.maxShare());
  }

  /// A request to one of the stores.
  @FunctionalInterface
  private interface Request<T> {
    T send(ObjectStore store) throws ObjectStoreException;
  }

  @Override
  public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
    return send(object.key(), range.length(), s -> s.read(object, range));
  }

  @Override
  public Tail readTail(ObjectKey key, long length) throws ObjectStoreException {
    return send(key, length, s -> s.readTail(key, length));
  }

  private <T> T send(ObjectKey key, long bytes, Request<T> request) throws ObjectStoreException {
    if (policy.maxShare() == 0 || bytes > policy.maxBytes()) {
      return request.send(store());
    }
    allowance.earn();
    OptionalLong slow = latencies.quantile(bytes, quantile(underWay.incrementAndGet()));
    long begun = nanoTime.getAsLong();
    try {
      T answer =
          slow.isEmpty()
              ? request.send(store())
              : race(key, request, Math.max(slow.getAsLong(), policy.least().toNanos()));
      latencies.add(bytes, nanoTime.getAsLong() - begun);
      return answer;
    } finally {
      underWay.decrementAndGet();
    }
  }

  private double quantile(int reads) {
    if (reads > FEW) {
      return Math.max(policy.quantile(), LATE);
    }
    return allowance.isPlenty()
        ? policy.quantile()
        : Math.max(policy.quantile(), 1 - policy.maxShare());
  }

  private <T> T race(ObjectKey key, Request<T> request, long slowNanos)
      throws ObjectStoreException {
    CompletionService<T> finished =
        new ExecutorCompletionService<>(task -> Thread.ofVirtual().name("hedged").start(task));
    Future<T> first = finished.submit(() -> request.send(store()));
    Optional<Future<T>> hedge = Optional.empty();
    try {
      Future<T> done = finished.poll(slowNanos, TimeUnit.NANOSECONDS);
      if (done == null) {
        hedge = hedge(finished, request);
        done = finished.take();
        if (hedge.isPresent() && done.state() == Future.State.FAILED) {
          done = finished.take();
        }
        if (done != first && done.state() == Future.State.SUCCESS) {
          metrics.hedge(Hedge.WON);
        }
      }
      return answer(done);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ObjectStoreException.Unavailable("cannot read object " + key + ": interrupted", e);
    } finally {
      first.cancel(true);
      hedge.ifPresent(h -> h.cancel(true));
    }
  }

  private <T> Optional<Future<T>> hedge(CompletionService<T> finished, Request<T> request) {
    if (!allowance.take()) {
      metrics.hedge(Hedge.CAPPED);
      return Optional.empty();
    }
    metrics.hedge(Hedge.SENT);
    return Optional.of(finished.submit(() -> request.send(second)));
  }

  private static <T> T answer(Future<T> done) throws ObjectStoreException, InterruptedException {
    try {
      return done.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case ObjectStoreException o -> throw o;
        case RuntimeException r -> throw r;
        case Error r -> throw r;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }
}
