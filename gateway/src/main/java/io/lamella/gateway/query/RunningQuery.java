package io.lamella.gateway.query;

import io.lamella.gateway.explain.QueryTrace;
import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.MemoryPool;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.promql.QueryException;
import io.lamella.promql.QueryLimits;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// One admitted query: holds its permit, its deadline and its lease of memory until it is closed.
/// Used by the thread that runs the query.
///
/// A query whose data is replaced or deleted while it reads runs once more, as a whole, on a newer
/// snapshot, so that its result comes from one snapshot. Both attempts share the deadline and the
/// budget.
final class RunningQuery implements AutoCloseable {
  private final QueryLimits limits;
  private final QueryBudget budget;
  private final Duration timeout;
  private final long submittedNanos;
  private final long startedNanos;
  private final Deadline deadline;
  private final MemoryPool.Lease lease;
  private final Semaphore permits;
  private DataSnapshot snapshot;
  private boolean retried;

  private RunningQuery(
      DataSnapshot snapshot,
      QueryOptions options,
      QueryAdmission admission,
      Duration timeout,
      long submittedNanos) {
    this.snapshot = snapshot;
    this.limits = options.limits();
    this.timeout = timeout;
    this.submittedNanos = submittedNanos;
    this.permits = admission.permits();
    startedNanos = System.nanoTime();
    deadline = Deadline.in(timeout.minusNanos(startedNanos - submittedNanos));
    lease = admission.memory().lease();
    budget =
        new QueryBudget(
            admission.limits().and(options.fetchLimits()),
            lease,
            options.explain() == QueryOptions.Explain.YES
                ? Optional.of(new QueryTrace())
                : Optional.empty());
  }

  /// What all queries share: permits, memory, limits and timeout.
  ///
  /// @param permits for queries that run at once
  /// @param limits of every query
  /// @param timeout the longest that a query may take, waiting included
  record QueryAdmission(
      Semaphore permits, MemoryPool memory, FetchLimits limits, Duration timeout) {
    /// Waits for a permit. Waiting counts towards the query's timeout.
    ///
    /// @throws QueryException.TimedOut where there is none in time
    /// @throws QueryException.Cancelled where the thread is interrupted
    RunningQuery admit(DataSnapshot snapshot, QueryOptions options) {
      Duration requested = options.limits().timeout().orElse(timeout);
      Duration shorter = requested.compareTo(timeout) < 0 ? requested : timeout;
      long submitted = System.nanoTime();
      try {
        if (!permits.tryAcquire(shorter.toNanos(), TimeUnit.NANOSECONDS)) {
          throw new QueryException.TimedOut("query timed out in query queue");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new QueryException.Cancelled("query was canceled in query queue");
      }
      return new RunningQuery(snapshot, options, this, shorter, submitted);
    }
  }

  /// The data that the query reads; a newer one after [#retryAfter].
  DataSnapshot snapshot() {
    return snapshot;
  }

  QueryBudget budget() {
    return budget;
  }

  /// The request's limits, with the time that is left.
  QueryLimits limits() {
    return new QueryLimits(
        limits.lookback(),
        Optional.of(timeout.minusNanos(System.nanoTime() - submittedNanos)),
        limits.maxSamples());
  }

  /// Returns normally if the query is to run once more: the first attempt failed because the data
  /// changed, and a newer snapshot is available.
  ///
  /// @throws QueryException that the query fails with, in all other cases
  void retryAfter(QueryException failure) {
    try {
      Optional<DataSnapshot> newer = retried ? Optional.empty() : snapshot.newerAfter(failure);
      if (newer.isEmpty()) {
        throw failure;
      }
      snapshot = newer.get();
      retried = true;
    } catch (QueryException.Cancelled e) {
      throw deadline.hasPassed()
          ? new QueryException.TimedOut("query timed out in expression evaluation")
          : e;
    }
  }

  <T> MeasuredResult<T> measured(T value) {
    return new MeasuredResult<>(
        value,
        budget.used(),
        budget.trace(),
        Duration.ofNanos(startedNanos - submittedNanos),
        Duration.ofNanos(System.nanoTime() - startedNanos));
  }

  @Override
  public void close() {
    lease.close();
    deadline.close();
    permits.release();
  }
}
