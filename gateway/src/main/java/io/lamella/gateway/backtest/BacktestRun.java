package io.lamella.gateway.backtest;

import io.lamella.gateway.backtest.EvaluationUnit.JudgedWindow;
import io.lamella.gateway.backtest.Verdict.Evidence;
import io.lamella.gateway.backtest.Verdict.Outcome;
import io.lamella.gateway.backtest.Verdict.Violation;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.query.DataSnapshot;
import io.lamella.gateway.query.MeasuredResult;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.query.QueryService;
import io.lamella.model.InvalidRegexException;
import io.lamella.model.TimeRange;
import io.lamella.promql.QueryException;
import io.lamella.promql.QueryStatistics;
import io.lamella.promql.SeriesSink;
import io.lamella.promql.StepTimes;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.source.SeriesSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Carries out the units of one backtest: evaluates each, follows the alerts of its rules in its
/// windows, and makes verdicts. Thread-safe; units may run side by side.
final class BacktestRun {
  private static final String SAME_LABELS = "vector cannot contain metrics with the same labelset";

  private final QueryService queries;
  private final DataSnapshot snapshot;
  private final Backtest backtest;
  private final DerivedSeries derived;
  private final QueryOptions options;
  private final TimeOuts timeOuts;
  private final Evaluation evaluation;

  /// Evaluates expressions of a unit.
  private enum Evaluation {
    BESIDE_OTHERS,

    /// While no unit of any backtest runs beside it, so that a verdict does not depend on them.
    ALONE
  }

  /// Verdicts and what they cost.
  record Judged(List<Verdict> verdicts, List<QueryBudget.Used> used, long samples) {
    /// What several cost together.
    static Judged of(List<Judged> parts, List<Verdict> verdicts) {
      return new Judged(
          verdicts,
          parts.stream().flatMap(j -> j.used().stream()).toList(),
          parts.stream().mapToLong(Judged::samples).sum());
    }
  }

  BacktestRun(
      QueryService queries,
      DataSnapshot snapshot,
      Backtest backtest,
      DerivedSeries derived,
      QueryOptions options) {
    this(queries, snapshot, backtest, derived, options, new TimeOuts(), Evaluation.BESIDE_OTHERS);
  }

  private BacktestRun(
      QueryService queries,
      DataSnapshot snapshot,
      Backtest backtest,
      DerivedSeries derived,
      QueryOptions options,
      TimeOuts timeOuts,
      Evaluation evaluation) {
    this.queries = queries;
    this.snapshot = snapshot;
    this.backtest = backtest;
    this.derived = derived;
    this.options = options;
    this.timeOuts = timeOuts;
    this.evaluation = evaluation;
  }

  /// The same for another form of the backtest.
  BacktestRun of(Backtest other) {
    return new BacktestRun(queries, snapshot, other, derived, options, timeOuts, evaluation);
  }

  /// The same with other windows as a metric.
  BacktestRun with(CalendarSource other) {
    return new BacktestRun(
        queries,
        snapshot,
        backtest,
        new DerivedSeries(other, derived.rules()),
        options,
        timeOuts,
        evaluation);
  }

  private BacktestRun alone() {
    return new BacktestRun(
        queries, snapshot, backtest, derived, options, timeOuts, Evaluation.ALONE);
  }

  /// The verdicts of a unit, by window in order of time, then by rule.
  ///
  /// @throws QueryException where the data cannot be read or the job is cancelled
  Judged judge(EvaluationUnit unit) {
    if (unit.rules().stream().anyMatch(timeOuts::exclude)) {
      return unit.rules().size() == 1
          ? failed(unit, timeOuts.reason(unit.rules().getFirst()))
          : judgeWithoutExcluded(unit);
    }
    try {
      return evaluate(unit);
    } catch (InvalidRegexException e) {
      return failed(unit, String.valueOf(e.getMessage()));
    } catch (QueryException e) {
      return switch (e) {
        // These end the job: the next unit would fare no better.
        case QueryException.Cancelled c -> throw c;
        case QueryException.StorageUnavailable s -> throw s;
        case QueryException.Internal i -> throw i;
        case QueryException.TimedOut _ -> {
          timeOuts.add(unit);
          yield divided(unit, e);
        }
        // Of several windows one may be to blame; the others get their verdicts.
        case QueryException.BadQuery _,
            QueryException.Execution _,
            QueryException.TooExpensive _,
            QueryException.CorruptBlock _ ->
            divided(unit, e);
      };
    }
  }

  private Judged divided(EvaluationUnit unit, QueryException e) {
    if (unit.rules().size() > 1) {
      return judgeRulesApart(unit);
    }
    int windows = unit.judged().size();
    if (windows == 1) {
      return e instanceof QueryException.MemoryNotFree && evaluation == Evaluation.BESIDE_OTHERS
          ? alone().judge(unit)
          : failed(unit, String.valueOf(e.getMessage()));
    }
    List<Judged> halves =
        List.of(
            judge(unit.of(unit.judged().subList(0, windows / 2))),
            judge(unit.of(unit.judged().subList(windows / 2, windows))));
    return Judged.of(halves, halves.stream().flatMap(j -> j.verdicts().stream()).toList());
  }

  private Judged judgeRulesApart(EvaluationUnit unit) {
    List<Judged> byRule = unit.rules().stream().map(r -> judge(unit.of(r))).toList();
    List<Verdict> verdicts = new ArrayList<>();
    for (int w = 0; w < unit.judged().size(); w++) {
      for (Judged one : byRule) {
        verdicts.add(one.verdicts().get(w));
      }
    }
    return Judged.of(byRule, verdicts);
  }

  /// Evaluates the other rules together.
  private Judged judgeWithoutExcluded(EvaluationUnit unit) {
    List<Rule> open = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    for (Rule r : unit.rules()) {
      boolean isExcluded = timeOuts.exclude(r);
      reasons.add(isExcluded ? timeOuts.reason(r) : "");
      if (!isExcluded) {
        open.add(r);
      }
    }
    Judged judged =
        open.isEmpty() ? new Judged(List.of(), List.of(), 0) : judge(unit.withRules(open));
    List<Verdict> verdicts = new ArrayList<>();
    int next = 0;
    for (JudgedWindow w : unit.judged()) {
      for (int r = 0; r < reasons.size(); r++) {
        verdicts.add(
            reasons.get(r).isEmpty()
                ? judged.verdicts().get(next++)
                : error(w, unit.rules().get(r), reasons.get(r)));
      }
    }
    return Judged.of(List.of(judged), verdicts);
  }

  private Judged failed(EvaluationUnit unit, String reason) {
    List<Verdict> out = new ArrayList<>();
    for (JudgedWindow w : unit.judged()) {
      for (int r = 0; r < unit.rules().size(); r++) {
        out.add(error(w, unit.rules().get(r), reason));
      }
    }
    return new Judged(out, List.of(), 0);
  }

  /// The verdict on a window that lacks a label.
  static Verdict unbound(UnitPlan.Unbound u, Rule rule) {
    return error(u.window(), rule, u.reason());
  }

  /// The verdict on a window that a rule cannot judge.
  private static Verdict error(JudgedWindow w, Rule rule, String reason) {
    return new Verdict(
        w.window().id(),
        w.shiftMillis(),
        rule.constraint().name(),
        rule.parameters(),
        Outcome.ERROR,
        Optional.empty(),
        Optional.of(reason),
        Optional.empty());
  }

  private Judged evaluate(EvaluationUnit unit) {
    List<AlertLabels> alerts = unit.rules().stream().map(AlertLabels::new).toList();
    Judged judged = evaluate(unit, unit.expressions(), alerts);
    List<Judged> all = new ArrayList<>(List.of(judged));
    List<Verdict> verdicts = new ArrayList<>(judged.verdicts());
    for (int r = 0; r < alerts.size(); r++) {
      if (alerts.get(r).mayBeEqual()) {
        Judged again = evaluateAlerts(unit.of(unit.rules().get(r)));
        all.add(again);
        for (int w = 0; w < unit.judged().size(); w++) {
          verdicts.set(w * alerts.size() + r, again.verdicts().get(w));
        }
      }
    }
    return Judged.of(all, verdicts);
  }

  /// Evaluates a single rule to alerts instead of series.
  private Judged evaluateAlerts(EvaluationUnit unit) {
    AlertLabels alert = new AlertLabels(unit.rules().getFirst());
    try {
      return evaluate(
          unit,
          unit.expressions().stream().map(alert::applied).toList(),
          List.of(new AlertLabels(unit.rules().getFirst())));
    } catch (QueryException.Execution e) {
      throw SAME_LABELS.equals(e.getMessage())
          ? new QueryException.Execution(
              "vector contains metrics with the same labelset after applying alert labels", e)
          : e;
    }
  }

  private Judged evaluate(EvaluationUnit unit, List<Expr> expressions, List<AlertLabels> alerts) {
    StepTimes times = unit.times();
    List<TimeRange> ranges = unit.judged().stream().map(unit::evaluated).toList();
    List<WindowState.Steps> steps = ranges.stream().map(r -> steps(times, r)).toList();
    List<List<WindowState>> states = new ArrayList<>();
    for (int w = 0; w < steps.size(); w++) {
      states.add(unit.rules().stream().map(this::state).toList());
    }
    List<DataPresence> presence = new ArrayList<>();
    QueryService.SeriesQuery query =
        new QueryService.SeriesQuery(
            snapshot,
            expressions,
            times,
            (series, inner) -> {
              SeriesSource view = derived.view(unit.calendarShift()).of(series, inner);
              if (unit.rules().stream().allMatch(BacktestRun::ignoresNoData)) {
                return view;
              }
              DataPresence watched = new DataPresence(view, unit, ranges);
              presence.add(watched);
              return watched;
            });
    SeriesSink sink =
        (rule, series) -> {
          if (!alerts.get(rule).areNew(series.labels())) {
            return;
          }
          for (int w = 0; w < steps.size(); w++) {
            states.get(w).get(rule).add(series, steps.get(w));
          }
        };
    MeasuredResult<QueryStatistics> measured =
        switch (evaluation) {
          case BESIDE_OTHERS -> queries.series(query, options, sink);
          case ALONE -> queries.seriesAlone(query, options, sink);
        };
    List<String> shown = shown(unit);
    List<Verdict> out = new ArrayList<>();
    for (int w = 0; w < steps.size(); w++) {
      for (int r = 0; r < unit.rules().size(); r++) {
        Rule rule = unit.rules().get(r);
        int window = w;
        int number = r;
        Optional<Violation> violation = states.get(w).get(r).violation(steps.get(w));
        boolean hasData =
            violation.isPresent() || presence.stream().allMatch(p -> p.hasData(number, window));
        out.add(
            new Verdict(
                unit.judged().get(w).window().id(),
                unit.judged().get(w).shiftMillis(),
                rule.constraint().name(),
                rule.parameters(),
                outcome(rule, violation, hasData),
                violation,
                Optional.empty(),
                evidence(rule, shown.get(r), ranges.get(w))));
      }
    }
    return new Judged(out, List.of(measured.used()), measured.value().totalQueryableSamples());
  }

  private WindowState state(Rule r) {
    return switch (backtest.detail().level()) {
      case FULL -> new RuleState(r, backtest.detail());
      case VERDICT -> new FirstViolation(r);
    };
  }

  private static boolean ignoresNoData(Rule r) {
    return r.constraint().onNoData() == Constraint.OnNoData.OK;
  }

  private static WindowState.Steps steps(StepTimes times, TimeRange range) {
    int from = times.index(range.startMillis());
    long count = StepTimes.count(range, times.stepMillis());
    return new WindowState.Steps(times, from, Math.toIntExact(from + count));
  }

  private static Outcome outcome(Rule rule, Optional<Violation> violation, boolean hasData) {
    if (violation.isPresent()) {
      return Outcome.CONFLICT;
    }
    if (hasData) {
      return Outcome.OK;
    }
    return switch (rule.constraint().onNoData()) {
      case OK -> Outcome.OK;
      case CONFLICT -> Outcome.CONFLICT;
      case UNKNOWN -> Outcome.NO_DATA;
    };
  }

  /// The expressions as text, which all windows of a unit share; empty where there is no evidence.
  private static List<String> shown(EvaluationUnit unit) {
    return unit.rules().stream()
        .map(r ->
            r.reads() == Rule.Reads.HISTORY
                ? LabelBinding.bind(r.expr(), unit.labels()).toString()
                : "")
        .toList();
  }

  /// Windows and what rules record are no metrics of the query API, so an expression that reads
  /// them has no query there.
  private Optional<Evidence> evidence(Rule rule, String bound, TimeRange range) {
    return rule.reads() != Rule.Reads.HISTORY
        ? Optional.empty()
        : Optional.of(
            new Evidence(bound, range.startMillis(), range.endMillis(), backtest.stepMillis()));
  }
}
