package io.lamella.gateway.backtest;

import io.lamella.model.Durations;
import io.lamella.model.Matcher;
import io.lamella.promql.MemoryAccount;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.QueryException;
import io.lamella.promql.QueryParameters;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.ValueType;
import io.lamella.promql.plan.DurationValues;
import io.lamella.promql.plan.InvalidDurationException;
import io.lamella.promql.plan.QueryBounds;
import io.lamella.promql.plan.SelectorReach;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/// Makes rules of constraints: each once for each combination of the parameters that it uses.
final class Rules {
  /// Constraints, each combination of parameters counted apart.
  private static final int MAX_RULES = 10_000;

  private final PromqlEngine engine;
  private final Backtest backtest;
  private final RecordingRules recording;
  private final MemoryAccount memory;
  private final Set<String> usedParameters = new TreeSet<>();

  private Rules(
      PromqlEngine engine, Backtest backtest, RecordingRules recording, MemoryAccount memory) {
    this.engine = engine;
    this.backtest = backtest;
    this.recording = recording;
    this.memory = memory;
  }

  /// The rules of a backtest, in the order of its constraints.
  ///
  /// @param memory for their syntax trees; it stays reserved
  /// @throws BacktestException where a constraint or a parameter is not valid
  static List<Rule> of(
      PromqlEngine engine, Backtest backtest, RecordingRules recording, MemoryAccount memory) {
    return new Rules(engine, backtest, recording, memory).all();
  }

  private List<Rule> all() {
    List<Rule> out = new ArrayList<>();
    for (Constraint c : backtest.constraints()) {
      String path = c.path();
      Set<String> names = parameters(c, path);
      usedParameters.addAll(names);
      SortedMap<String, List<String>> values = backtest.sweepOf(c);
      long more = Backtest.count(values);
      if (more > MAX_RULES - out.size()) {
        throw new BacktestException(
            path,
            (more == Long.MAX_VALUE ? "too many" : more)
                + " combinations of its parameters; all constraints together may have "
                + MAX_RULES);
      }
      for (SortedMap<String, String> parameters : Backtest.combinations(values)) {
        out.add(rule(c, parameters, path));
      }
    }
    for (String name : backtest.sweep().keySet()) {
      if (!usedParameters.contains(name)) {
        throw new BacktestException("sweep." + name, "no constraint uses $" + name);
      }
    }
    return out;
  }

  private Set<String> parameters(Constraint c, String path) {
    Set<String> out = c.parameters();
    for (String name : out) {
      if (!backtest.sweep().containsKey(name)) {
        throw new BacktestException(
            path, "no values for parameter $" + name + "; add them to sweep." + name);
      }
    }
    return out;
  }

  private Rule rule(Constraint c, SortedMap<String, String> parameters, String path) {
    Expr expr = expr(c, parameters, path + ".expr");
    Constraint.Timing t = c.timing();
    Rule.Millis millis =
        new Rule.Millis(
            millis(t.hold(), parameters, path + ".for"),
            millis(t.keepFiring(), parameters, path + ".keep_firing_for"),
            millis(t.lead(), parameters, path + ".lead"),
            millis(t.lag(), parameters, path + ".lag"));
    boolean usesBounds = QueryBounds.areUsed(expr);
    return new Rule(
        c,
        parameters,
        expr,
        millis,
        LabelBinding.names(expr),
        usesBounds,
        usesBounds ? range -> reachesWithin(expr, range) : sameReaches(expr, path + ".expr"),
        reads(LabelBinding.selectors(expr)));
  }

  private List<SelectorReach> reaches(Expr expr, long rangeMillis) {
    return SelectorReach.of(
        expr,
        engine.options().lookback().toMillis(),
        engine.options().subqueryStep().toMillis(),
        new DurationValues(backtest.stepMillis(), rangeMillis));
  }

  /// Whether durations with `range()` have a value depends on the window.
  private List<SelectorReach> reachesWithin(Expr expr, long rangeMillis) {
    try {
      return reaches(expr, rangeMillis);
    } catch (InvalidDurationException e) {
      return List.of();
    }
  }

  private Rule.Reaches sameReaches(Expr expr, String path) {
    try {
      List<SelectorReach> all = reaches(expr, 0);
      return _ -> all;
    } catch (InvalidDurationException e) {
      throw new BacktestException(path, e.text());
    }
  }

  private Rule.Reads reads(List<List<Matcher>> selectors) {
    if (selectors.stream().anyMatch(recording::readCalendar)) {
      return Rule.Reads.CALENDAR;
    }
    return selectors.stream().anyMatch(s -> !recording.names(s).isEmpty())
        ? Rule.Reads.RECORDED
        : Rule.Reads.HISTORY;
  }

  private Expr expr(Constraint c, Map<String, String> parameters, String path) {
    try {
      Expr e = RuleTree.parse(engine, QueryParameters.bind(c.expr(), parameters), memory);
      if (e.type() != ValueType.VECTOR) {
        throw new BacktestException(
            path,
            "a constraint must be an instant vector, this is a "
                + e.type().documented()
                + ": "
                + e);
      }
      return e;
    } catch (QueryException.BadQuery e) {
      throw new BacktestException(path, String.valueOf(e.getMessage()));
    }
  }

  private static long millis(String text, Map<String, String> parameters, String path) {
    String value = text.startsWith("$") ? parameters.getOrDefault(text.substring(1), text) : text;
    try {
      return Durations.parseMillis(value);
    } catch (IllegalArgumentException e) {
      throw new BacktestException(path, "not a valid duration: \"" + value + "\"");
    }
  }
}
