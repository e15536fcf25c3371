package io.lamella.gateway.backtest;

import io.lamella.gateway.association.Associations;
import io.lamella.gateway.backtest.BacktestRun.Judged;
import io.lamella.gateway.backtest.UnitPlan.Unbound;
import io.lamella.gateway.limits.MemoryPool;
import io.lamella.gateway.query.DataSnapshot;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.query.QueryService;
import io.lamella.model.TimeRange;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.MemoryAccount;
import io.lamella.promql.QueryException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;

/// Runs backtests over published blocks. All that one backtest reads is of one snapshot; its units
/// are evaluated side by side and reported in order, so that the same request over the same blocks
/// has the same result.
public final class BacktestService {
  private final QueryService queries;
  private final BacktestLimits limits;

  /// @param queries with permits of their own, so that backtests and other queries do not starve
  ///   each other
  public BacktestService(QueryService queries, BacktestLimits limits) {
    this.queries = queries;
    this.limits = limits;
  }

  /// A backtest that was checked and divided into units, or a part of one.
  public final class Prepared {
    private final Backtest backtest;
    private final PlanPart part;
    private final DerivedSeries derived;
    private final DataSnapshot snapshot;
    private final List<Rule> rules;

    private Prepared(
        Backtest backtest,
        List<Rule> rules,
        PlanPart part,
        DerivedSeries derived,
        DataSnapshot snapshot) {
      this.backtest = backtest;
      this.rules = rules;
      this.part = part;
      this.derived = derived;
      this.snapshot = snapshot;
    }

    /// The same with the verdicts of one part only, which sees all windows. The parts of a backtest
    /// follow each other: their verdicts, one part after the other, are those of the whole. The
    /// same request over the same blocks has the same parts. Some may be empty.
    ///
    /// @param number of the part, from 1
    /// @param parts that there are
    public Prepared part(int number, int parts) {
      return new Prepared(backtest, rules, part.of(number, parts), derived, snapshot);
    }

    /// The backtest, with all its windows.
    public Backtest backtest() {
      return backtest;
    }

    /// The verdicts that there will be.
    public long verdicts() {
      return part.verdicts().count();
    }

    /// The numbers of these verdicts among those of the whole backtest.
    public VerdictRange numbers() {
      return part.verdicts();
    }

    /// The blocks that exist, each as its name, a slash and the digest of what it holds.
    public List<String> blocks() {
      return BacktestService.blocks(snapshot);
    }

    /// Keeps the blocks as they are for other parts, which ask for them by the digest.
    public String pin(PinnedSnapshots in) {
      String digest = digest(snapshot, backtest.associations());
      in.pin(queries, digest, snapshot);
      return digest;
    }

    /// Carries the backtest out on the calling thread and some others. Interrupting the calling
    /// thread cancels it.
    ///
    /// @throws QueryException where the data cannot be read, or the backtest is cancelled
    public void run(QueryOptions options, BacktestListener to) {
      ProgressCount reporter = new ProgressCount(verdicts(), to);
      for (Unbound u : part.unbound()) {
        u.rules().forEach(r -> reporter.report(BacktestRun.unbound(u, r)));
      }
      BacktestRun run = new BacktestRun(queries, snapshot, backtest, derived, options);
      List<Supplier<Judged>> judging = new ArrayList<>();
      part.units().forEach(u -> judging.add(() -> run.judge(u)));
      UnitsInOrder inOrder = new UnitsInOrder(limits.parallelUnits(), reporter::tell);
      inOrder.run(judging, reporter::report);
      if (backtest.propose().isPresent()) {
        SlotUnits.Judge judge =
            new SlotUnits.Judge(
                run.of(backtest.outcomesOnly()),
                derived,
                (judged, memory) -> labels(snapshot, backtest, rules, judged, options, memory));
        try (MemoryPool.Lease memory = queries.memory().leaseOfJob()) {
          propose(
              backtest.propose().get(),
              new ProposalSearch.Judging(judge, inOrder, reporter::count, memory),
              reporter);
        }
      }
    }

    private void propose(Propose propose, ProposalSearch.Judging by, ProgressCount reporter) {
      List<Integer> conflicts = new ArrayList<>();
      for (int i = 0;
          i < backtest.windows().size() && conflicts.size() < propose.maxWindows();
          i++) {
        if (reporter.isInConflict(backtest.windows().get(i).id())) {
          conflicts.add(i);
        }
      }
      new ProposalSearch(backtest, propose, rules, history()).run(conflicts, by, reporter::report);
    }

    private List<TimeRange> history() {
      return TimeRange.merged(
          snapshot.streams().stream()
              .map(s -> new TimeRange(s.minTimeMillis(), s.maxTimeMillis()))
              .toList(),
          List.of());
    }
  }

  /// For the memory of what a caller holds of a backtest; to be closed.
  public MemoryPool.Lease lease() {
    return queries.memory().leaseOfJob();
  }

  /// Checks a backtest and divides it into units.
  ///
  /// @param options of the query for windows, where history tells them
  /// @throws BacktestException where it is not valid or exceeds a limit
  public Prepared prepare(Backtest asked, QueryOptions options) {
    return prepare(asked, options, MemoryAccount.UNLIMITED);
  }

  /// @param memory for rules and units; it stays reserved
  public Prepared prepare(Backtest asked, QueryOptions options, MemoryAccount memory) {
    return prepare(asked, options, memory, queries.snapshot());
  }

  /// The same over the blocks of an earlier part; empty where they are not known any more.
  ///
  /// @param digest of that part, as [Prepared#pin] returned it
  public Optional<Prepared> prepare(
      Backtest asked,
      QueryOptions options,
      MemoryAccount memory,
      PinnedSnapshots pinned,
      String digest) {
    DataSnapshot now = queries.snapshot();
    Optional<DataSnapshot> snapshot =
        digest(now, asked.associations()).equals(digest)
            ? Optional.of(now)
            : pinned.find(queries, digest);
    return snapshot.map(s -> prepare(asked, options, memory, s));
  }

  private static List<String> blocks(DataSnapshot snapshot) {
    return snapshot.blocks().stream().map(b -> b.ulid() + "/" + b.digest()).toList();
  }

  /// Of all that verdicts rest on beside the request and the version.
  private String digest(DataSnapshot snapshot, Associations associations) {
    EngineOptions engine = queries.engine().options();
    List<String> all = new ArrayList<>(blocks(snapshot));
    all.add(
        engine.lookback() + " " + engine.subqueryStep() + " " + new TreeSet<>(engine.features()));
    associations.types().forEach(t -> all.add(associations.find(t).toString()));
    try {
      byte[] text = String.join("\n", all).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private Prepared prepare(
      Backtest asked, QueryOptions options, MemoryAccount memory, DataSnapshot snapshot) {
    RecordingRules recording = RecordingRules.of(queries.engine(), asked.recordingRules(), memory);
    QueryService.SeriesView recorded =
        new DerivedSeries(new CalendarSource(List.of()), recording).view(0);
    Backtest backtest =
        asked
            .windowsFrom()
            .map(from ->
                asked.plus(
                    RecordedWindows.read(
                        from,
                        asked.stepMillis(),
                        limits,
                        queries,
                        recorded,
                        snapshot,
                        options,
                        memory)))
            .orElse(asked);
    List<Rule> rules = Rules.of(queries.engine(), backtest, recording, memory);
    limits.check(backtest, rules.size());
    backtest.propose().ifPresent(p -> limits.checkProposals(backtest, p, rules.size()));
    if (rules.stream().anyMatch(Rule::readsCalendar)) {
      limits.checkCalendar(backtest);
    }
    List<EvaluationUnit.JudgedWindow> judged = UnitPlan.judged(backtest, memory);
    UnitPlan.Units units =
        UnitPlan.of(
            judged,
            rules,
            backtest,
            labels(snapshot, backtest, rules, judged, options, memory),
            memory);
    units.units().forEach(limits::checkSteps);
    DerivedSeries derived = new DerivedSeries(new CalendarSource(units.calendar()), recording);
    return new Prepared(backtest, rules, PlanPart.whole(units), derived, snapshot);
  }

  private WindowLabels labels(
      DataSnapshot snapshot,
      Backtest backtest,
      List<Rule> rules,
      List<EvaluationUnit.JudgedWindow> judged,
      QueryOptions options,
      MemoryAccount memory) {
    return WindowLabels.of(
        backtest,
        rules,
        judged,
        queries.engine().options().lookback().toMillis(),
        lookups -> queries.associated(snapshot, lookups, options),
        memory);
  }
}
