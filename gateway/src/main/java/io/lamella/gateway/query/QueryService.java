package io.lamella.gateway.query;

import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.MemoryPool;
import io.lamella.gateway.results.CachedResult;
import io.lamella.gateway.results.CachedResult.RangeRecorder;
import io.lamella.gateway.results.ResultKey;
import io.lamella.gateway.results.ResultsCache;
import io.lamella.gateway.trace.CurrentSpan;
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
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/// Runs queries within their limits. A bounded number runs at once; the others wait for a permit
/// until their time is up.
public final class QueryService {
  private final PromqlEngine engine;
  private final QuerySource source;
  private final RunningQuery.QueryAdmission admission;
  private final ResultsCache results;

  /// @param memory that all queries share
  /// @param results the results cache
  /// @param timeout the longest that a query may take, waiting included; a request may set a
  ///   shorter one
  /// @param maxConcurrent queries that run at once
  public QueryService(
      PromqlEngine engine,
      QuerySource source,
      FetchLimits limits,
      MemoryPool memory,
      ResultsCache results,
      Duration timeout,
      int maxConcurrent) {
    this.engine = engine;
    this.source = source;
    this.admission =
        new RunningQuery.QueryAdmission(
            new Semaphore(maxConcurrent, true), memory, limits, timeout);
    this.results = results;
  }

  /// @throws QueryException.BadQuery where the text is no expression
  public Expr parse(String query) {
    return engine.parse(query);
  }

  /// The query, formatted for reading.
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

  /// Evaluates at one instant.
  public MeasuredResult<QueryResult> instant(String query, long timeMillis, QueryOptions options) {
    return evaluate(
        new ResultKey(query, timeMillis, timeMillis, 0, options.limits().lookback()), options);
  }

  /// Evaluates at `startMillis`, `startMillis + stepMillis` … up to `endMillis`.
  public MeasuredResult<QueryResult> range(
      String query, long startMillis, long endMillis, long stepMillis, QueryOptions options) {
    return evaluate(
        new ResultKey(query, startMillis, endMillis, stepMillis, options.limits().lookback()),
        options);
  }

  /// Returns the cached result if the data is still the same; otherwise evaluates the query.
  private MeasuredResult<QueryResult> evaluate(ResultKey query, QueryOptions options) {
    DataSnapshot snapshot = source.snapshot();
    Optional<CachedResult> cached =
        options.isCacheable()
            ? results
                .find(query)
                .filter(k -> snapshot.version(k.range()).filter(k.version()::equals).isPresent())
            : Optional.empty();
    if (cached.isPresent()) {
      return MeasuredResult.cached(cached.get().result());
    }
    return run(
        snapshot,
        options,
        running -> {
          RangeRecorder series = new RangeRecorder(running.snapshot().series(running.budget()));
          QueryResult result = evaluate(query, series, running.limits());
          if (options.isCacheable()) {
            put(query, result, series, running.snapshot());
          }
          return result;
        });
  }

  private QueryResult evaluate(ResultKey q, SeriesSource series, QueryLimits limits) {
    return q.stepMillis() == 0
        ? engine.instant(series, q.query(), q.startMillis(), limits)
        : engine.range(series, q.query(), q.startMillis(), q.endMillis(), q.stepMillis(), limits);
  }

  private void put(
      ResultKey query, QueryResult result, RangeRecorder series, DataSnapshot snapshot) {
    series
        .range()
        .flatMap(range ->
            snapshot.version(range).map(version -> new CachedResult(result, range, version)))
        .ifPresent(cacheable -> results.put(query, cacheable));
  }

  public MeasuredResult<List<Labels>> labelSets(
      List<List<Matcher>> selectors, TimeRange range, QueryOptions options) {
    return run(source.snapshot(), options, q -> source.labelSets(selectors, range, q.budget()));
  }

  public MeasuredResult<SortedSet<String>> labelNames(
      List<List<Matcher>> selectors, TimeRange range, QueryOptions options) {
    return run(source.snapshot(), options, q -> source.labelNames(selectors, range, q.budget()));
  }

  public MeasuredResult<SortedSet<String>> labelValues(
      String name, List<List<Matcher>> selectors, TimeRange range, QueryOptions options) {
    return run(
        source.snapshot(), options, q -> source.labelValues(name, selectors, range, q.budget()));
  }

  /// Admits a query and carries it out, a second time where its data changed during the first.
  private <T> MeasuredResult<T> run(
      DataSnapshot snapshot, QueryOptions options, Function<RunningQuery, T> work) {
    try (RunningQuery running =
        CurrentSpan.in(
            CurrentSpan.get().child("queue"), () -> admission.admit(snapshot, options))) {
      options.observer().admitted(running.budget());
      while (true) {
        try {
          return running.measured(
              CurrentSpan.in(CurrentSpan.get().child("evaluate"), () -> work.apply(running)));
        } catch (QueryException e) {
          running.retryAfter(e);
        }
      }
    }
  }
}
