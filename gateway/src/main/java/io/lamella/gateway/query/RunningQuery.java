package io.lamella.gateway.query;

import io.lamella.gateway.explain.QueryTrace;
import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.MemoryPool;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.trace.CurrentSpan;
import io.lamella.promql.QueryException;
import io.lamella.promql.QueryLimits;
import java.time.Duration;
import java.util.Optional;

/// One admitted query: holds its permit, its deadline and its lease of memory until it is closed,
/// which is after the last byte of its result is written; see [#sends] for the permit. Used by the
/// thread that runs the query.
///
/// A query whose data is replaced or deleted while it reads runs once more, as a whole, on a newer
/// snapshot, so that its result comes from one snapshot. Both attempts share the deadline and the
/// budget.
final class RunningQuery implements AutoCloseable {
  private static final Duration NEVER = Duration.ofDays(365);

  private final QueryLimits limits;
  private final QueryBudget budget;
  private final Duration timeout;
  private final long submittedNanos;
  private final long startedNanos;

  /// From when on time counts towards the timeout.
  private final long countedNanos;

  private final QueryAdmission.As as;
  private final Deadline deadline;
  private final MemoryPool memory;
  private final MemoryPool.Lease lease;
  private final Optional<QueryQueue.Permit> permit;
  private final QueryObserver observer;
  private DataSnapshot snapshot;
  private boolean retried;

  private RunningQuery(
      DataSnapshot snapshot,
      QueryOptions options,
      QueryAdmission admission,
      Optional<QueryQueue.Permit> permit,
      long submittedNanos) {
    this.snapshot = snapshot;
    this.limits = options.limits();
    this.timeout = admission.timeout(options);
    this.submittedNanos = submittedNanos;
    this.permit = permit;
    this.observer = options.observer();
    as = admission.as();
    memory = admission.memory();
    lease =
        switch (as) {
          case QUERY -> memory.lease();
          case PART_OF_JOB -> memory.leaseOfPart();
          case PART_ALONE -> memory.leaseOfPartAlone();
        };
    startedNanos = System.nanoTime();
    countedNanos = as == QueryAdmission.As.QUERY ? submittedNanos : startedNanos;
    deadline =
        Deadline.in(
            timeout.minusNanos(startedNanos - countedNanos),
            as == QueryAdmission.As.QUERY ? () -> 0 : lease::waitedNanos);
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
  /// @param queue for the permits of queries that run at once
  /// @param limits of every query
  /// @param timeout the longest that a query may take, writing included
  record QueryAdmission(
      QueryQueue queue, MemoryPool memory, FetchLimits limits, Duration timeout, As as) {
    /// What is admitted.
    enum As {
      /// Waiting for a permit or for memory counts towards its timeout: a client waits for it.
      QUERY,

      /// Waiting does not count: parts of many jobs wait for each other, which tells nothing about
      /// any of them.
      PART_OF_JOB,

      /// The same, and it runs while no other part does.
      PART_ALONE
    }

    /// The same permits, memory and limits for something else.
    QueryAdmission as(As other) {
      return new QueryAdmission(queue, memory, limits, timeout, other);
    }

    /// Waits for a permit.
    ///
    /// @throws QueryRefused where too many others wait
    /// @throws QueryException.TimedOut where there is none in time
    /// @throws QueryException.Cancelled where the thread is interrupted
    RunningQuery admit(DataSnapshot snapshot, QueryOptions options) {
      long submitted = System.nanoTime();
      QueryQueue.Permit permit =
          CurrentSpan.in(
              CurrentSpan.get().child("queue"),
              () ->
                  switch (as) {
                    case QUERY -> queue.acquire(options.client(), timeout(options));
                    case PART_OF_JOB, PART_ALONE -> queue.acquire(options.client());
                  });
      RunningQuery query;
      try {
        query = new RunningQuery(snapshot, options, this, Optional.of(permit), submitted);
      } catch (QueryException e) {
        permit.close();
        throw e;
      }
      options.observer().admitted(query.budget);
      return query;
    }

    /// A query that needs no permit, because its result is in memory already.
    RunningQuery admitCached(DataSnapshot snapshot, QueryOptions options) {
      return new RunningQuery(snapshot, options, this, Optional.empty(), System.nanoTime());
    }

    private Duration timeout(QueryOptions options) {
      Duration requested = options.limits().timeout().orElse(timeout);
      return requested.compareTo(timeout) < 0 ? requested : timeout;
    }
  }

  /// The data that the query reads; a newer one after [#retryAfter].
  DataSnapshot snapshot() {
    return snapshot;
  }

  QueryBudget budget() {
    return budget;
  }

  /// The request's limits, with the time that is left and the account of the engine's memory. Of a
  /// part of a job, the deadline alone knows how much is left, as its waiting does not count.
  QueryLimits limits() {
    return new QueryLimits(
        limits.lookback(),
        Optional.of(
            as == QueryAdmission.As.QUERY
                ? timeout.minusNanos(System.nanoTime() - countedNanos)
                : NEVER),
        limits.maxSamples(),
        budget.engineMemory());
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
      throw timedOutOr(e);
    }
  }

  /// The reason why the query was cancelled: that its time is up, or another.
  QueryException timedOutOr(QueryException.Cancelled e) {
    return deadline.hasPassed()
        ? new QueryException.TimedOut("query timed out in expression evaluation")
        : e;
  }

  /// The result is complete. While others wait and the client takes it slowly, the query gives up
  /// its permit, but not its memory and its deadline.
  void sends() {
    permit.ifPresent(p ->
        p.sends(
            new QueryQueue.SentResult() {
              @Override
              public boolean isTakenSlowly() {
                return observer.isTakenSlowly();
              }

              @Override
              public boolean mayGoOnWithoutPermit() {
                return memory.hasRoom();
              }
            }));
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
    permit.ifPresent(QueryQueue.Permit::close);
  }
}
