package io.lamella.gateway.backtest;

import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.promql.MemoryAccount;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.QueryException;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.ValueType;
import io.lamella.promql.plan.MatcherRewrite;
import io.lamella.promql.plan.QueryBounds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The recording rules of a backtest, checked. A rule may read what rules before it in its group
/// record, and what other groups record, but nothing that depends on itself.
final class RecordingRules {
  static final RecordingRules NONE = new RecordingRules(List.of());

  private static final int MAX_RULES = 10_000;

  /// Names that are held against matchers that are no equality, in finding what rules read.
  private static final long MAX_NAME_TESTS = 20_000_000;

  /// Rules that read each other are evaluated within each other.
  private static final int MAX_CHAIN = 32;

  /// A rule that is ready to be evaluated.
  ///
  /// @param number in the order of the request
  /// @param usesBounds true where its value depends on where the query begins, so that each
  ///   evaluation needs a query of its own
  /// @param selectors the matchers of each selector
  record Prepared(
      int number,
      RecordingRule rule,
      Expr expr,
      boolean usesBounds,
      List<List<Matcher>> selectors) {}

  private final List<Prepared> all;
  private final Map<String, List<Prepared>> byName = new LinkedHashMap<>();

  /// The longest chain of rules that begins with a rule, by its number.
  private final Map<Integer, Integer> chains = new HashMap<>();

  private final Set<Integer> readersOfCalendar = new HashSet<>();
  private long nameTests;

  private RecordingRules(List<Prepared> all) {
    this.all = all;
    all.forEach(p -> byName.computeIfAbsent(p.rule().record(), _ -> new ArrayList<>()).add(p));
  }

  /// @throws BacktestException where a rule is not valid, or what rules read has no order
  static RecordingRules of(PromqlEngine engine, List<RecordingRule> rules, MemoryAccount memory) {
    if (rules.size() > MAX_RULES) {
      throw new BacktestException("groups", rules.size() + " recording rules, limit " + MAX_RULES);
    }
    List<Prepared> prepared = new ArrayList<>();
    rules.forEach(r -> prepared.add(prepared(engine, prepared.size(), r, memory)));
    RecordingRules out = new RecordingRules(List.copyOf(prepared));
    out.all.forEach(p -> out.chain(p, new ArrayList<>()));
    return out;
  }

  private static Prepared prepared(
      PromqlEngine engine, int number, RecordingRule r, MemoryAccount memory) {
    String path = r.path() + ".expr";
    try {
      Expr e = RuleTree.parse(engine, r.expr(), memory);
      if (e.type() == ValueType.SCALAR) {
        e = RuleTree.parse(engine, "vector(" + r.expr() + "\n)", memory);
      }
      if (e.type() != ValueType.VECTOR) {
        throw new BacktestException(
            path,
            "a recording rule must be an instant vector or a scalar, this is a "
                + e.type().documented()
                + ": "
                + e);
      }
      List<List<Matcher>> selectors = new ArrayList<>();
      MatcherRewrite.of(
          e,
          matchers -> {
            selectors.add(matchers);
            return matchers;
          });
      return new Prepared(number, r, e, QueryBounds.areUsed(e), List.copyOf(selectors));
    } catch (QueryException.BadQuery e) {
      throw new BacktestException(path, String.valueOf(e.getMessage()));
    }
  }

  /// The length of the longest chain of rules of which each reads the next one.
  ///
  /// @param path the rules that lead to this one
  private int chain(Prepared p, List<Integer> path) {
    Integer before = chains.get(p.number());
    if (before != null) {
      return before;
    }
    int longest = path.size() == MAX_CHAIN ? MAX_CHAIN + 1 : longest(p, path);
    if (longest > MAX_CHAIN) {
      throw new BacktestException(
          p.rule().path() + ".expr",
          "more than " + MAX_CHAIN + " recording rules read each other in a chain");
    }
    chains.put(p.number(), longest);
    return longest;
  }

  private int longest(Prepared p, List<Integer> path) {
    path.add(p.number());
    int longest = 1;
    for (List<Matcher> selector : p.selectors()) {
      checkTests(p, selector);
      for (Prepared read : matching(selector)) {
        checkOrder(p, read, path);
        longest = Math.max(longest, 1 + chain(read, path));
      }
      if (readCalendar(selector)) {
        readersOfCalendar.add(p.number());
      }
    }
    path.removeLast();
    return longest;
  }

  private void checkTests(Prepared p, List<Matcher> selector) {
    boolean isEqual =
        selector.stream()
            .anyMatch(m -> m.type() == Matcher.Type.EQUAL && m.name().equals(Labels.METRIC_NAME));
    nameTests += isEqual ? 0 : byName.size();
    if (nameTests > MAX_NAME_TESTS) {
      throw new BacktestException(
          p.rule().path() + ".expr",
          "too many selectors of recording rules have no metric name: each is held against "
              + byName.size()
              + " recorded names; name the metrics");
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new QueryException.Cancelled("backtest was canceled while its rules were read");
    }
  }

  private static void checkOrder(Prepared p, Prepared read, List<Integer> path) {
    RecordingRule rule = p.rule();
    RecordingRule other = read.rule();
    boolean isOneGroup = rule.group().number() == other.group().number();
    if (isOneGroup && read.number() >= p.number()) {
      throw new BacktestException(
          rule.path() + ".expr",
          "reads \""
              + other.record()
              + "\", which "
              + (read.number() == p.number()
                  ? "it records itself; its values would depend on all evaluations before"
                  : other.path() + " records after it; put that rule before this one"));
    }
    if (path.contains(read.number())) {
      throw new BacktestException(
          rule.path() + ".expr",
          "reads \"" + other.record() + "\" of " + other.path() + ", which in turn depends on it");
    }
  }

  /// The names of recorded metrics that a selector may have among its results. History has none of
  /// these: what is recorded replaces it.
  Set<String> names(List<Matcher> matchers) {
    Set<String> out = new TreeSet<>();
    if (byName.isEmpty()) {
      return out;
    }
    List<Matcher> ofName =
        matchers.stream().filter(m -> m.name().equals(Labels.METRIC_NAME)).toList();
    for (Matcher m : ofName) {
      if (m.type() == Matcher.Type.EQUAL && !byName.containsKey(m.value())) {
        return out;
      }
    }
    for (String name : byName.keySet()) {
      if (ofName.stream().allMatch(m -> m.matches(name))) {
        out.add(name);
      }
    }
    return out;
  }

  /// The rules whose series a selector may match.
  List<Prepared> matching(List<Matcher> matchers) {
    List<Prepared> out = new ArrayList<>();
    for (String name : names(matchers)) {
      for (Prepared p : byName.getOrDefault(name, List.of())) {
        Map<String, String> labels = p.rule().labels();
        if (matchers.stream()
            .allMatch(m -> !labels.containsKey(m.name()) || m.matches(labels.get(m.name())))) {
          out.add(p);
        }
      }
    }
    return out;
  }

  /// True where what a selector matches depends on the windows of the backtest.
  boolean readCalendar(List<Matcher> matchers) {
    return CalendarSource.reads(matchers)
        || names(matchers).stream()
            .flatMap(n -> byName.getOrDefault(n, List.of()).stream())
            .anyMatch(p -> readersOfCalendar.contains(p.number()));
  }
}
