package io.lamella.gateway.backtest;

import io.lamella.gateway.backtest.BacktestListener.Progress;
import io.lamella.gateway.backtest.BacktestRun.Judged;
import io.lamella.gateway.backtest.UnitPlan.Unbound;
import io.lamella.gateway.limits.MemoryPool;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.query.DataSnapshot;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.query.QueryService;
import io.lamella.promql.QueryException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Runs backtests over published blocks. All that one backtest reads is of one snapshot; its units
/// are evaluated side by side and reported in order, so that the same request over the same blocks
/// has the same result.
public final class BacktestService {
  /// Units whose verdicts wait until those before them are reported, for each that runs.
  private static final int AHEAD = 2;

  /// The longest time between two reports of progress.
  private static final Duration HEARTBEAT = Duration.ofMillis(250);

  private final QueryService queries;
  private final BacktestLimits limits;

  /// @param queries with permits of their own, so that backtests and other queries do not starve
  ///   each other
  public BacktestService(QueryService queries, BacktestLimits limits) {
    this.queries = queries;
    this.limits = limits;
  }

  /// For each unit that runs, and for each whose verdicts are not reported yet.
  private record Permits(Semaphore running, Semaphore ahead) {}

  /// A backtest that was checked and divided into units.
  public final class Prepared {
    private final Backtest backtest;
    private final UnitPlan.Units units;
    private final DerivedSeries derived;
    private final DataSnapshot snapshot;

    private Prepared(
        Backtest backtest, UnitPlan.Units units, DerivedSeries derived, DataSnapshot snapshot) {
      this.backtest = backtest;
      this.units = units;
      this.derived = derived;
      this.snapshot = snapshot;
    }

    /// The backtest, with all its windows.
    public Backtest backtest() {
      return backtest;
    }

    /// The verdicts that there will be.
    public long verdicts() {
      return units.unbound().stream().mapToLong(u -> u.rules().size()).sum()
          + units.units().stream()
              .mapToLong(u -> (long) u.judged().size() * u.rules().size())
              .sum();
    }

    /// The blocks that exist, each as its name, a slash and the digest of what it holds.
    public List<String> blocks() {
      return snapshot.blocks().stream().map(b -> b.ulid() + "/" + b.digest()).toList();
    }

    /// Carries the backtest out on the calling thread and some others. Interrupting the calling
    /// thread cancels it.
    ///
    /// @throws QueryException where the data cannot be read, or the backtest is cancelled
    public void run(QueryOptions options, BacktestListener to) {
      Reporter reporter = new Reporter(verdicts(), to);
      for (Unbound u : units.unbound()) {
        for (Rule r : u.rules()) {
          reporter.report(BacktestRun.error(u.window(), r, u.reason()));
        }
      }
      BacktestRun run = new BacktestRun(queries, snapshot, backtest, derived, options);
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        try {
          inOrder(run, threads, reporter);
        } finally {
          threads.shutdownNow();
        }
      }
    }

    private void inOrder(BacktestRun run, ExecutorService threads, Reporter reporter) {
      List<EvaluationUnit> all = units.units();
      List<CompletableFuture<Judged>> results =
          all.stream().map(_ -> new CompletableFuture<Judged>()).toList();
      Permits permits =
          new Permits(
              new Semaphore(limits.parallelUnits()), new Semaphore(AHEAD * limits.parallelUnits()));
      threads.submit(() -> start(run, threads, results, permits));
      try {
        for (CompletableFuture<Judged> result : results) {
          reporter.report(awaited(result, reporter));
          permits.ahead().release();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new QueryException.Cancelled("backtest was canceled");
      } catch (ExecutionException e) {
        throw failure(e);
      }
    }

    /// Waits for a result, and tells meanwhile how far the backtest is, so that a client that has
    /// left is noticed.
    private static Judged awaited(CompletableFuture<Judged> result, Reporter reporter)
        throws InterruptedException, ExecutionException {
      while (true) {
        try {
          return result.get(HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          reporter.progress();
        }
      }
    }

    private void start(
        BacktestRun run,
        ExecutorService threads,
        List<CompletableFuture<Judged>> results,
        Permits permits) {
      try {
        for (int i = 0; i < results.size(); i++) {
          permits.running().acquire();
          permits.ahead().acquire();
          EvaluationUnit unit = units.units().get(i);
          CompletableFuture<Judged> result = results.get(i);
          threads.submit(() -> {
            try {
              result.complete(run.judge(unit));
            } catch (RuntimeException | Error e) {
              result.completeExceptionally(e);
            } finally {
              permits.running().release();
            }
          });
        }
      } catch (InterruptedException e) {
        // The backtest has ended.
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException failure(ExecutionException e) {
    if (e.getCause() instanceof Error error) {
      throw error;
    }
    return e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e);
  }

  /// Counts and passes on what becomes final.
  private static final class Reporter {
    private final long all;
    private final BacktestListener to;
    private final long begun = System.nanoTime();
    private long told = begun;
    private long done;
    private long requests;
    private long bytes;
    private long cachedBytes;
    private long samples;

    Reporter(long all, BacktestListener to) {
      this.all = all;
      this.to = to;
    }

    void report(Verdict v) {
      done++;
      to.verdict(v);
    }

    void report(Judged judged) {
      judged.verdicts().forEach(this::report);
      for (QueryBudget.Used used : judged.used()) {
        requests += used.reads();
        bytes += used.bytes();
        cachedBytes += used.saved().bytes();
      }
      samples += judged.samples();
      if (System.nanoTime() - told > HEARTBEAT.toNanos() || done == all) {
        progress();
      }
    }

    void progress() {
      told = System.nanoTime();
      to.progress(
          new Progress(
              done,
              all,
              requests,
              bytes,
              cachedBytes,
              samples,
              Duration.ofNanos(System.nanoTime() - begun)));
    }
  }

  /// For the memory of what a caller holds of a backtest; to be closed.
  public MemoryPool.Lease lease() {
    return queries.lease();
  }

  /// Checks a backtest and divides it into units.
  ///
  /// @param options of the query for windows, where history tells them
  /// @throws BacktestException where it is not valid or exceeds a limit
  public Prepared prepare(Backtest asked, QueryOptions options) {
    DataSnapshot snapshot = queries.snapshot();
    RecordingRules recording = RecordingRules.of(queries.engine(), asked.recordingRules());
    QueryService.SeriesView recorded =
        new DerivedSeries(new CalendarSource(List.of()), recording).view(0);
    Backtest backtest =
        asked
            .windowsFrom()
            .map(from ->
                asked.plus(
                    RecordedWindows.read(
                        from, asked.stepMillis(), limits, queries, recorded, snapshot, options)))
            .orElse(asked);
    List<Rule> rules = Rules.of(queries.engine(), backtest, recording);
    limits.check(backtest, rules.size());
    if (rules.stream().anyMatch(Rule::readsCalendar)) {
      limits.checkCalendar(backtest);
    }
    List<EvaluationUnit.JudgedWindow> judged = UnitPlan.judged(backtest);
    WindowLabels labels =
        WindowLabels.of(
            backtest,
            rules,
            judged,
            queries.engine().options().lookback().toMillis(),
            lookups -> queries.associated(snapshot, lookups, options));
    UnitPlan.Units units = UnitPlan.of(backtest, rules, judged, labels);
    units.units().forEach(limits::checkSteps);
    DerivedSeries derived = new DerivedSeries(new CalendarSource(units.calendar()), recording);
    return new Prepared(backtest, units, derived, snapshot);
  }
}
