package io.lamella.gateway.backtest;

import java.util.IdentityHashMap;
import java.util.Map;

/// The evaluations of one backtest that ran out of time. Each may take as long as a query may, so
/// after too many of them rules are not evaluated any more. Thread-safe.
final class TimeOuts {
  /// Of one rule by itself. A single window that is to blame is found with fewer, as a unit of
  /// [UnitPlan#MAX_VERDICTS] windows is divided into halves.
  static final int MAX_OF_RULE = 16;

  /// Of all rules together.
  static final int MAX = 64;

  private final Map<Rule, Integer> ofRules = new IdentityHashMap<>();
  private int all;

  /// Takes note of an evaluation that ran out of time.
  synchronized void add(EvaluationUnit unit) {
    all++;
    if (unit.rules().size() == 1) {
      ofRules.merge(unit.rules().getFirst(), 1, Integer::sum);
    }
  }

  /// True where a rule is not to be evaluated any more.
  synchronized boolean exclude(Rule rule) {
    return all >= MAX || ofRules.getOrDefault(rule, 0) >= MAX_OF_RULE;
  }

  /// Why a rule is not evaluated any more.
  synchronized String reason(Rule rule) {
    int own = ofRules.getOrDefault(rule, 0);
    return own >= MAX_OF_RULE
        ? "not evaluated, since this constraint has timed out " + own + " times in this backtest"
        : "not evaluated, since constraints have timed out " + all + " times in this backtest";
  }
}
