package io.lamella.gateway.query;

import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.MemoryPool;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.query.RunningQuery.QueryAdmission;
import io.lamella.gateway.results.CachedResult;
import io.lamella.gateway.results.CachedResult.RangeRecorder;
import io.lamella.gateway.results.ResultKey;
import io.lamella.gateway.results.ResultsCache;
import io.lamella.gateway.trace.CurrentSpan;
import io.lamella.model.Labels;
import io.lamella.model.TimeRange;
import io.lamella.promql.MemoryAccount;
import io.lamella.promql.OwnThread;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.QueryException;
import io.lamella.promql.QueryLimits;
import io.lamella.promql.QueryResult;
import io.lamella.promql.QueryStatistics;
import io.lamella.promql.SeriesSink;
import io.lamella.promql.StepTimes;
import io.lamella.promql.VectorSample;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.Feature;
import io.lamella.promql.source.SeriesSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/// Runs queries within their limits. A bounded number runs at once; the others wait for a permit.
///
/// A query lives until its result is consumed: each method hands the result to a consumer, which
/// writes it to the client, and only then gives back the permit and the memory; the permit earlier
/// where the client takes a complete result slowly and others wait. The deadline applies to the
/// consumer as well: it interrupts the thread.
public final class QueryService {
  private final PromqlEngine engine;
  private final QuerySource source;
  private final QueryAdmission admission;
  private final QueryAdmission jobs;
  private final QueryAdmission alone;
  private final ResultsCache results;

  /// The parts of jobs that run at once: more than cores, because some of them wait for the store.
  public static final int MAX_JOB_PARTS = 4 * Runtime.getRuntime().availableProcessors();

  /// Parts of jobs wait for each other, however long that takes. Each job has few that wait.
  private static final QueryQueue.QueueLimits JOB_PARTS =
      new QueryQueue.QueueLimits(MAX_JOB_PARTS, MAX_JOB_PARTS, 1 << 16, Duration.ofDays(1));

  /// @param memory that all queries share
  /// @param results the results cache
  /// @param timeout the longest that a query may take, waiting and writing included, or a part of a
  ///   job without its waiting for a permit; a request may set a shorter one
  /// @param queue for the permits of queries that run at once; parts of jobs have others, so that
  ///   neither starves the other
  public QueryService(
      PromqlEngine engine,
      QuerySource source,
      FetchLimits limits,
      MemoryPool memory,
      ResultsCache results,
      Duration timeout,
      QueryQueue queue) {
    this.engine = engine;
    this.source = source;
    this.admission = new QueryAdmission(queue, memory, limits, timeout, QueryAdmission.As.QUERY);
    this.jobs =
        new QueryAdmission(
            new QueryQueue(JOB_PARTS), memory, limits, timeout, QueryAdmission.As.PART_OF_JOB);
    this.alone = jobs.as(QueryAdmission.As.PART_ALONE);
    this.results = results;
  }

  /// The syntax tree of a selector. To be called from a query's [SelectorTexts], so that it is
  /// admitted.
  ///
  /// @param memory for the regular expressions of the tree
  /// @throws QueryException.BadQuery where the text is no expression
  public Expr parse(String query, MemoryAccount memory) {
    return engine.parse(query, memory);
  }

  /// The features of the language that are turned on.
  public Set<Feature> features() {
    return engine.options().features();
  }

  /// The query, formatted for reading.
  ///
  /// @throws QueryException.BadQuery where the text is no expression
  public void format(String query, QueryOptions options, Consumer<String> to) {
    text(query, options, engine::format, to);
  }

  /// The query's syntax tree as JSON.
  ///
  /// @throws QueryException.BadQuery where the text is no expression
  public void syntaxTree(String query, QueryOptions options, Consumer<String> to) {
    text(query, options, engine::syntaxTree, to);
  }

  private void text(
      String query,
      QueryOptions options,
      BiFunction<String, MemoryAccount, String> writer,
      Consumer<String> to) {
    run(
        admission.admit(source.snapshot(), options),
        running -> {
          reserveTree(query.length(), running);
          running.budget().reserveMemory(ResultBytes.ofTreeText(query.length()));
          return writer.apply(query, running.budget().engineMemory());
        },
        text -> 2L * text.length(),
        measured -> to.accept(measured.value()));
  }

  /// Evaluates at one instant.
  public void instant(
      String query,
      long timeMillis,
      QueryOptions options,
      Consumer<MeasuredResult<QueryResult>> to) {
    evaluate(
        new ResultKey(
            query, timeMillis, timeMillis, 0, options.limits().lookback(), options.replicaLabels()),
        options,
        to);
  }

  /// Evaluates at one instant. The memory of the result is not accounted.
  public MeasuredResult<QueryResult> instant(String query, long timeMillis, QueryOptions options) {
    List<MeasuredResult<QueryResult>> out = new ArrayList<>();
    instant(query, timeMillis, options, out::add);
    return out.getFirst();
  }

  /// Evaluates at `startMillis`, `startMillis + stepMillis` … up to `endMillis`.
  public void range(
      String query,
      TimeRange range,
      long stepMillis,
      QueryOptions options,
      Consumer<MeasuredResult<QueryResult>> to) {
    evaluate(
        new ResultKey(
            query,
            range.startMillis(),
            range.endMillis(),
            stepMillis,
            options.limits().lookback(),
            options.replicaLabels()),
        options,
        to);
  }

  /// Evaluates at all steps of a range. The memory of the result is not accounted.
  public MeasuredResult<QueryResult> range(
      String query, long startMillis, long endMillis, long stepMillis, QueryOptions options) {
    List<MeasuredResult<QueryResult>> out = new ArrayList<>();
    range(query, new TimeRange(startMillis, endMillis), stepMillis, options, out::add);
    return out.getFirst();
  }

  /// Returns the cached result if the data is still the same; otherwise evaluates the query.
  private void evaluate(
      ResultKey query, QueryOptions options, Consumer<MeasuredResult<QueryResult>> to) {
    DataSnapshot snapshot = source.snapshot().covering(options.coverage());
    Optional<CachedResult> cached =
        options.isCacheable()
            ? results
                .find(query)
                .filter(k -> snapshot.version(k.range()).filter(k.version()::equals).isPresent())
            : Optional.empty();
    if (cached.isPresent()) {
      run(
          admission.admitCached(snapshot, options),
          running -> cached.get().result(),
          result -> cached.get().bytes(),
          measured -> to.accept(MeasuredResult.cached(measured.value())));
      return;
    }
    run(
        admission.admit(snapshot, options),
        running -> {
          reserveTree(query.query().length(), running);
          RangeRecorder series = new RangeRecorder(series(running, options));
          QueryResult result = evaluate(query, series, running.limits());
          if (options.isCacheable()) {
            put(query, result, series, running.snapshot());
          }
          return withWarnings(result, missing(running.snapshot(), series));
        },
        CachedResult::bytes,
        to);
  }

  /// Several expressions that are evaluated together at the steps of windows.
  ///
  /// @param snapshot what they read from
  /// @param expressions of type instant vector
  /// @param view of the series of the snapshot, such as one with series of its own
  public record SeriesQuery(
      DataSnapshot snapshot, List<Expr> expressions, StepTimes times, SeriesView view) {
    public SeriesQuery {
      expressions = List.copyOf(expressions);
    }
  }

  /// Makes what expressions read of the series of a snapshot.
  @FunctionalInterface
  public interface SeriesView {
    /// @param inner evaluates what the view itself needs
    SeriesSource of(SeriesSource series, InnerEvaluation inner);
  }

  /// Evaluates expressions as a part of a query that is running, on its thread and with its limits.
  public interface InnerEvaluation {
    /// @throws QueryException where one of the expressions has no result
    void series(SeriesSource source, List<Expr> expressions, StepTimes times, SeriesSink sink);

    /// The account for what is kept until the query ends.
    MemoryAccount memory();
  }

  /// Evaluates expressions at the steps of windows, as a part of a job. The series go to `sink`,
  /// one after another; what it keeps is not accounted. It runs on a platform thread, so that other
  /// queries, whose threads are virtual, need not wait until it reads something.
  ///
  /// @throws QueryException where one of the expressions has no result
  public MeasuredResult<QueryStatistics> series(
      SeriesQuery query, QueryOptions options, SeriesSink sink) {
    return series(query, options, sink, jobs);
  }

  /// The same while no other part of any job runs, so that none holds memory.
  public MeasuredResult<QueryStatistics> seriesAlone(
      SeriesQuery query, QueryOptions options, SeriesSink sink) {
    return series(query, options, sink, alone);
  }

  private MeasuredResult<QueryStatistics> series(
      SeriesQuery query, QueryOptions options, SeriesSink sink, QueryAdmission by) {
    RunningQuery running = by.admit(query.snapshot(), options);
    try (running) {
      RunningEvaluation inner = new RunningEvaluation(engine, running);
      QueryStatistics statistics =
          OwnThread.run(
              "backtest",
              0,
              CurrentSpan.carrySupplier(() ->
                  engine.series(
                      query.view().of(series(running, options), inner),
                      query.expressions(),
                      query.times(),
                      running.limits(),
                      sink)));
      return running.measured(inner.addedTo(statistics));
    } catch (QueryException.Cancelled e) {
      throw running.timedOutOr(e);
    }
  }

  /// The data as it is now.
  public DataSnapshot snapshot() {
    return source.snapshot();
  }

  /// The memory that queries, jobs and their parts share.
  public MemoryPool memory() {
    return jobs.memory();
  }

  public PromqlEngine engine() {
    return engine;
  }

  /// The newest sample of each series that is not older than the lookback and not stale, in label
  /// order.
  ///
  /// @param timeMillis samples after it do not count
  public void latest(
      SelectorTexts selectors,
      long timeMillis,
      QueryOptions options,
      Consumer<MeasuredResult<List<VectorSample>>> to) {
    Duration lookback = options.limits().lookback().orElse(engine.options().lookback());
    long start = Math.max(timeMillis, Long.MIN_VALUE + lookback.toMillis()) - lookback.toMillis();
    TimeRange range = new TimeRange(start, timeMillis);
    run(
        admission.admit(source.snapshot().covering(options.coverage()), options),
        q -> {
          reserveTree(selectors.characters(), q);
          MemoryAccount memory = q.budget().memory();
          return LatestSamples.read(series(q, options), selectors.parse(memory), range, memory);
        },
        LatestSamples::bytes,
        to);
  }

  private static SeriesSource series(RunningQuery running, QueryOptions options) {
    return options.replicaLabels().isEmpty()
        ? running.snapshot().series(running.budget())
        : running.snapshot().deduplicated(options.replicaLabels(), running.budget());
  }

  private QueryResult evaluate(ResultKey q, SeriesSource series, QueryLimits limits) {
    return q.stepMillis() == 0
        ? engine.instant(series, q.query(), q.startMillis(), limits)
        : engine.range(series, q.query(), q.startMillis(), q.endMillis(), q.stepMillis(), limits);
  }

  private static List<String> missing(DataSnapshot snapshot, RangeRecorder series) {
    return series.range().map(snapshot::missing).orElse(List.of());
  }

  private static QueryResult withWarnings(QueryResult result, List<String> more) {
    if (more.isEmpty()) {
      return result;
    }
    List<String> all = new ArrayList<>(result.warnings());
    all.addAll(more);
    return new QueryResult(result.value(), all, result.infos(), result.statistics());
  }

  private void put(
      ResultKey query, QueryResult result, RangeRecorder series, DataSnapshot snapshot) {
    series
        .range()
        .flatMap(range ->
            snapshot.version(range).map(version -> new CachedResult(result, range, version)))
        .ifPresent(cacheable -> results.put(query, cacheable));
  }

  /// Reads series with encoded chunks. The consumer reads them one after another while it sends
  /// them; only what it reads at a time is in memory.
  public void chunks(QueryOptions options, Consumer<ChunkReads> to) {
    RunningQuery query = admission.admit(source.snapshot(), options);
    try (query) {
      to.accept(new ChunkReads(query, query.budget()));
    } catch (QueryException.Cancelled e) {
      throw query.timedOutOr(e);
    }
  }

  /// The reads of chunks of one admitted query, or of a part of one.
  public static final class ChunkReads implements AutoCloseable {
    private final RunningQuery query;
    private final QueryBudget budget;

    private ChunkReads(RunningQuery query, QueryBudget budget) {
      this.query = query;
      this.budget = budget;
    }

    /// Opens the series of a request; the caller closes them.
    ///
    /// @throws QueryException where storage failed, a block is corrupt, or a limit is exceeded
    public ChunkSeriesSet open(ChunksRequest request) {
      return repeated(query, q -> q.snapshot().chunks(request, budget));
    }

    /// The account for what the consumer holds.
    public MemoryAccount memory() {
      return budget.memory();
    }

    /// Reads that end before the others do; the caller closes them.
    public ChunkReads part() {
      return new ChunkReads(query, budget.part());
    }

    /// Ends a part: what it holds is given back, also what it opened. Does nothing to the whole.
    @Override
    public void close() {
      budget.endPart();
    }
  }

  /// The streams of the data as it is now.
  public List<StreamRange> streams() {
    return source.snapshot().streams();
  }

  /// What a query of this coverage lacks in a range, as the data is now.
  public List<String> missing(Coverage coverage, TimeRange range) {
    return source.snapshot().covering(coverage).missing(range);
  }

  /// The blocks of the data as it is now, the oldest first.
  public List<BlockSummary> blocks() {
    return source.snapshot().blocks();
  }

  public void labelSets(
      LabelsQuery query, QueryOptions options, Consumer<MeasuredResult<List<Labels>>> to) {
    labels(query, options, source::labelSets, ResultBytes::ofLabels, to);
  }

  public void labelNames(
      LabelsQuery query, QueryOptions options, Consumer<MeasuredResult<SortedSet<String>>> to) {
    labels(query, options, source::labelNames, ResultBytes::ofStrings, to);
  }

  public void labelValues(
      String name,
      LabelsQuery query,
      QueryOptions options,
      Consumer<MeasuredResult<SortedSet<String>>> to) {
    labels(query, options, (r, b) -> source.labelValues(name, r, b), ResultBytes::ofStrings, to);
  }

  /// The ids that are associated with ids, by those, in order.
  public void associated(
      AssociationLookup lookup,
      QueryOptions options,
      Consumer<MeasuredResult<SortedMap<String, SortedSet<String>>>> to) {
    run(
        admission.admit(source.snapshot().covering(options.coverage()), options),
        q -> AssociatedIds.find(q.snapshot(), List.of(lookup), q.budget()).getFirst(),
        AssociatedIds::bytes,
        to);
  }

  /// Answers lookups as a part of a job. The memory of the result is not accounted.
  ///
  /// @return the ids that are associated with any of those of each lookup, in order
  public List<SortedSet<String>> associated(
      DataSnapshot snapshot, List<AssociationLookup> lookups, QueryOptions options) {
    RunningQuery running = jobs.admit(snapshot, options);
    try (running) {
      return AssociatedIds.find(snapshot, lookups, running.budget()).stream()
          .map(AssociatedIds::together)
          .toList();
    } catch (QueryException.Cancelled e) {
      throw running.timedOutOr(e);
    }
  }

  /// Counts series by their labels.
  ///
  /// @param of the series; those that several requests select are counted for each
  /// @param max entries of each list of counts
  public void seriesCounts(
      List<LabelsRequest> of,
      int max,
      QueryOptions options,
      Consumer<MeasuredResult<SeriesCounts>> to) {
    run(
        admission.admit(source.snapshot(), options),
        q -> {
          SeriesCounts.Counter counter = new SeriesCounts.Counter(q.budget());
          of.forEach(r -> source.labelSets(r, q.budget()).forEach(counter::add));
          return counter.largest(max);
        },
        SeriesCounts::weight,
        to);
  }

  private <T> void labels(
      LabelsQuery query,
      QueryOptions options,
      BiFunction<LabelsRequest, QueryBudget, T> collect,
      ToLongFunction<T> bytes,
      Consumer<MeasuredResult<T>> to) {
    run(
        admission.admit(source.snapshot(), options),
        q -> {
          reserveTree(query.selectors().characters(), q);
          return collect.apply(query.parse(options.coverage(), q.budget().memory()), q.budget());
        },
        bytes,
        to);
  }

  /// Label sets of parsed selectors. The memory of the result is not accounted.
  public MeasuredResult<List<Labels>> labelSets(LabelsRequest request, QueryOptions options) {
    return labels(options, budget -> source.labelSets(request, budget), ResultBytes::ofLabels);
  }

  /// Label names of parsed selectors. The memory of the result is not accounted.
  public MeasuredResult<SortedSet<String>> labelNames(LabelsRequest request, QueryOptions options) {
    return labels(options, budget -> source.labelNames(request, budget), ResultBytes::ofStrings);
  }

  /// Label values of parsed selectors. The memory of the result is not accounted.
  public MeasuredResult<SortedSet<String>> labelValues(
      String name, LabelsRequest request, QueryOptions options) {
    return labels(
        options, budget -> source.labelValues(name, request, budget), ResultBytes::ofStrings);
  }

  private <T> MeasuredResult<T> labels(
      QueryOptions options, Function<QueryBudget, T> collect, ToLongFunction<T> bytes) {
    List<MeasuredResult<T>> out = new ArrayList<>();
    run(
        admission.admit(source.snapshot(), options),
        q -> collect.apply(q.budget()),
        bytes,
        out::add);
    return out.getFirst();
  }

  private static void reserveTree(long queryCharacters, RunningQuery running) {
    running.budget().reserveMemory(ResultBytes.ofTree(queryCharacters));
  }

  /// Carries out an admitted query, a second time where its data changed during the first, and
  /// hands over its result. Of its memory, only the result's is held while the consumer runs.
  ///
  /// @param query closed at the end
  /// @param bytes estimated size of the result
  private static <T> void run(
      RunningQuery query,
      Function<RunningQuery, T> work,
      ToLongFunction<T> bytes,
      Consumer<MeasuredResult<T>> to) {
    try (query) {
      T result = repeated(query, work);
      try {
        query.budget().keepResult(bytes.applyAsLong(result));
      } catch (QueryException.Cancelled e) {
        throw query.timedOutOr(e);
      }
      query.sends();
      to.accept(query.measured(result));
    }
  }

  private static <T> T repeated(RunningQuery query, Function<RunningQuery, T> work) {
    while (true) {
      try {
        return CurrentSpan.in(CurrentSpan.get().child("evaluate"), () -> work.apply(query));
      } catch (QueryException e) {
        query.retryAfter(e);
      }
    }
  }
}
