package io.lamella.gateway.query;

import io.lamella.gateway.explain.QueryTrace;
import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.MemoryPool;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.limits.QueryBudget.Used;
import io.lamella.gateway.query.ResultStore.Kept;
import io.lamella.gateway.query.ResultStore.Question;
import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.QueryException;
import io.lamella.promql.QueryLimits;
import io.lamella.promql.QueryResult;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.source.SeriesSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/// Answers queries within their limits. At most so many run at once; others wait for a place until
/// their time is up.
///
/// A query whose data is replaced or deleted while it reads is asked once more, whole, of the data
/// as it is then, so that all of its answer comes of one view. Both attempts share its deadline and
/// its budget.
public final class QueryService {
  private static final ScheduledExecutorService ALARMS =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("query-deadlines").factory());

  private final PromqlEngine engine;
  private final QuerySource source;
  private final FetchLimits ceilings;
  private final Duration timeout;
  private final Semaphore places;
  private final MemoryPool memory;
  private final ResultStore results;

  /// @param memory that all queries share
  /// @param results where results are kept for who asks again
  /// @param timeout the longest that a query may take, waiting included; a request may ask for less
  /// @param maxConcurrent queries that run at once
  public QueryService(
      PromqlEngine engine,
      QuerySource source,
      FetchLimits ceilings,
      MemoryPool memory,
      ResultStore results,
      Duration timeout,
      int maxConcurrent) {
    this.memory = memory;
    this.results = results;
    this.engine = engine;
    this.source = source;
    this.ceilings = ceilings;
    this.timeout = timeout;
    this.places = new Semaphore(maxConcurrent, true);
  }

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

  public MeasuredResult<QueryResult> instant(String query, long timeMillis, QueryOptions terms) {
    return kept(
        new Question(query, timeMillis, timeMillis, 0, terms.limits().lookback()),
        terms,
        (series, left) -> engine.instant(series, query, timeMillis, left));
  }

  /// Evaluates at `startMillis`, `startMillis + stepMillis` … up to `endMillis`.
  public MeasuredResult<QueryResult> range(
      String query, long startMillis, long endMillis, long stepMillis, QueryOptions terms) {
    return kept(
        new Question(query, startMillis, endMillis, stepMillis, terms.limits().lookback()),
        terms,
        (series, left) -> engine.range(series, query, startMillis, endMillis, stepMillis, left));
  }

  public MeasuredResult<List<Labels>> labelSets(
      List<List<Matcher>> selectors, TimeRange range, QueryOptions terms) {
    return run(
        source.snapshot(), terms, (_, budget, _) -> source.labelSets(selectors, range, budget));
  }

  public MeasuredResult<SortedSet<String>> labelNames(
      List<List<Matcher>> selectors, TimeRange range, QueryOptions terms) {
    return run(
        source.snapshot(), terms, (_, budget, _) -> source.labelNames(selectors, range, budget));
  }

  public MeasuredResult<SortedSet<String>> labelValues(
      String name, List<List<Matcher>> selectors, TimeRange range, QueryOptions terms) {
    return run(
        source.snapshot(),
        terms,
        (_, budget, _) -> source.labelValues(name, selectors, range, budget));
  }

  /// Answers from what was kept, where the data is still the same, or by asking the engine.
  private MeasuredResult<QueryResult> kept(
      Question question,
      QueryOptions terms,
      BiFunction<SeriesSource, QueryLimits, QueryResult> work) {
    DataSnapshot view = source.snapshot();
    boolean usual = terms.isUsual();
    if (usual) {
      Optional<Kept> found =
          results
              .find(question)
              .filter(k -> view.version(k.range()).filter(k.version()::equals).isPresent());
      if (found.isPresent()) {
        return new MeasuredResult<>(
            found.get().result(), Used.NOTHING, Optional.empty(), Duration.ZERO, Duration.ZERO);
      }
    }
    AtomicReference<Optional<Kept>> result = new AtomicReference<>(Optional.empty());
    MeasuredResult<QueryResult> answer =
        run(
            view,
            terms,
            (asked, budget, left) -> {
              CoveredRange series = new CoveredRange(asked.series(budget));
              QueryResult value = work.apply(series, left);
              result.set(
                  series
                      .range()
                      .flatMap(range ->
                          asked.version(range).map(version -> new Kept(value, range, version))));
              return value;
            });
    if (usual) {
      result.get().ifPresent(k -> results.put(question, k));
    }
    return answer;
  }

  /// A query's work on one view of the data.
  @FunctionalInterface
  private interface Work<T> {
    T on(DataSnapshot view, QueryBudget budget, QueryLimits left);
  }

  private Duration timeout(QueryLimits limits) {
    Duration asked = limits.timeout().orElse(timeout);
    return asked.compareTo(timeout) < 0 ? asked : timeout;
  }

  private <T> MeasuredResult<T> run(DataSnapshot view, QueryOptions terms, Work<T> work) {
    QueryLimits limits = terms.limits();
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
    long started = System.nanoTime();
    Duration left = most.minusNanos(started - begun);
    Supplier<QueryLimits> rest =
        () ->
            new QueryLimits(
                limits.lookback(),
                Optional.of(most.minusNanos(System.nanoTime() - begun)),
                limits.maxSamples());
    Alarm alarm = new Alarm(Thread.currentThread());
    Future<?> ringing = ALARMS.schedule(alarm::ring, left.toNanos(), TimeUnit.NANOSECONDS);
    try (MemoryPool.Lease lease = memory.lease()) {
      Optional<QueryTrace> trace =
          terms.explain() == QueryOptions.Explain.YES
              ? Optional.of(new QueryTrace())
              : Optional.empty();
      QueryBudget budget = new QueryBudget(ceilings.and(terms.ceilings()), lease, trace);
      T value = onceOrTwice(view, budget, rest, work);
      return new MeasuredResult<>(
          value,
          budget.used(),
          trace,
          Duration.ofNanos(started - begun),
          Duration.ofNanos(System.nanoTime() - started));
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

  private static <T> T onceOrTwice(
      DataSnapshot view, QueryBudget budget, Supplier<QueryLimits> rest, Work<T> work) {
    try {
      return work.on(view, budget, rest.get());
    } catch (QueryException e) {
      Optional<DataSnapshot> now = view.after(e);
      if (now.isEmpty()) {
        throw e;
      }
      return work.on(now.get(), budget, rest.get());
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
