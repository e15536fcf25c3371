package io.lamella.gateway.query;

import io.lamella.gateway.budget.QueryBudget;
import io.lamella.gateway.budget.QueryCeilings;
import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.QueryException;
import io.lamella.promql.QueryLimits;
import io.lamella.promql.QueryResult;
import io.lamella.promql.ast.Expr;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/// Answers queries within their limits. At most so many run at once; others wait for a place until
/// their time is up.
public final class QueryService {
  private static final ScheduledExecutorService ALARMS =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("query-deadlines").factory());

  private final PromqlEngine engine;
  private final QuerySource source;
  private final QueryCeilings ceilings;
  private final Duration timeout;
  private final Semaphore places;

  /// @param timeout the longest that a query may take, waiting included; a request may ask for less
  /// @param maxConcurrent queries that run at once
  public QueryService(
      PromqlEngine engine,
      QuerySource source,
      QueryCeilings ceilings,
      Duration timeout,
      int maxConcurrent) {
    this.engine = engine;
    this.source = source;
    this.ceilings = ceilings;
    this.timeout = timeout;
    this.places = new Semaphore(maxConcurrent, true);
  }

  /// A result and what it took.
  public record Answer<T>(T value, QueryBudget.Used used) {}

  /// @throws QueryException.BadQuery where the text is no expression
  public Expr parse(String query) {
    return engine.parse(query);
  }

  /// The query laid out for reading.
  ///
  /// @throws QueryException.BadQuery where the text is no expression
  public String format(String query) {
    return engine.format(query);
  }

  /// The query's syntax tree as JSON.
  ///
  /// @throws QueryException.BadQuery where the text is no expression
  public String syntaxTree(String query) {
    return engine.syntaxTree(query);
  }

  public Answer<QueryResult> instant(String query, long timeMillis, QueryLimits limits) {
    return run(
        limits, (budget, left) -> engine.instant(source.series(budget), query, timeMillis, left));
  }

  /// Evaluates at `startMillis`, `startMillis + stepMillis` … up to `endMillis`.
  public Answer<QueryResult> range(
      String query, long startMillis, long endMillis, long stepMillis, QueryLimits limits) {
    return run(
        limits,
        (budget, left) ->
            engine.range(source.series(budget), query, startMillis, endMillis, stepMillis, left));
  }

  public Answer<List<Labels>> labelSets(List<List<Matcher>> selectors, TimeRange range) {
    return run(QueryLimits.NONE, (budget, left) -> source.labelSets(selectors, range, budget));
  }

  public Answer<SortedSet<String>> labelNames(List<List<Matcher>> selectors, TimeRange range) {
    return run(QueryLimits.NONE, (budget, left) -> source.labelNames(selectors, range, budget));
  }

  public Answer<SortedSet<String>> labelValues(
      String name, List<List<Matcher>> selectors, TimeRange range) {
    return run(
        QueryLimits.NONE, (budget, left) -> source.labelValues(name, selectors, range, budget));
  }

  private Duration timeout(QueryLimits limits) {
    Duration asked = limits.timeout().orElse(timeout);
    return asked.compareTo(timeout) < 0 ? asked : timeout;
  }

  private <T> Answer<T> run(QueryLimits limits, BiFunction<QueryBudget, QueryLimits, T> work) {
    Duration most = timeout(limits);
    long begun = System.nanoTime();
    try {
      if (!places.tryAcquire(most.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new QueryException.TimedOut("query timed out in query queue");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QueryException.Cancelled("query was canceled in query queue");
    }
    // Waiting counts: the work gets what is left.
    Duration left = most.minusNanos(System.nanoTime() - begun);
    Alarm alarm = new Alarm(Thread.currentThread());
    Future<?> ringing = ALARMS.schedule(alarm::ring, left.toNanos(), TimeUnit.NANOSECONDS);
    try {
      QueryBudget budget = new QueryBudget(ceilings);
      T value = work.apply(budget, new QueryLimits(limits.lookback(), Optional.of(left)));
      return new Answer<>(value, budget.used());
    } catch (QueryException.Cancelled e) {
      throw alarm.hasRung()
          ? new QueryException.TimedOut("query timed out in expression evaluation")
          : e;
    } finally {
      ringing.cancel(false);
      alarm.end();
      places.release();
    }
  }

  /// Interrupts a query at its deadline, also where it waits for the store; never the thread's next
  /// work.
  private static final class Alarm {
    private final Thread thread;
    private boolean ended;
    private boolean rung;

    Alarm(Thread thread) {
      this.thread = thread;
    }

    synchronized void ring() {
      if (!ended) {
        rung = true;
        thread.interrupt();
      }
    }

    synchronized boolean hasRung() {
      return rung;
    }

    synchronized void end() {
      ended = true;
      if (rung) {
        Thread.interrupted();
      }
    }
  }
}
