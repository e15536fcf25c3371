package io.lamella.gateway.backtest;

import io.lamella.model.TimeRange;
import io.lamella.promql.StepTimes;
import io.lamella.promql.ast.Expr;
import java.util.List;
import java.util.Map;

/// Windows and rules that are evaluated in one pass over the steps of all these windows.
///
/// @param judged the windows, in order of time
/// @param rules with equal lead and lag that ask for the same labels
/// @param labels the values that all these windows have for the labels that the rules ask for
/// @param calendarShift of the windows that the rules read as a metric, where they do
record EvaluationUnit(
    List<JudgedWindow> judged,
    List<Rule> rules,
    Map<String, List<String>> labels,
    long calendarShift,
    long stepMillis) {
  /// A window at the time at which it is judged.
  ///
  /// @param number in the order of the request
  /// @param shiftMillis how far before its own time that is
  record JudgedWindow(int number, Window window, long shiftMillis) {}

  EvaluationUnit {
    judged = List.copyOf(judged);
    rules = List.copyOf(rules);
  }

  /// The first and the last time at which a window is evaluated, if the step meets it.
  TimeRange evaluated(JudgedWindow w) {
    Rule.Millis m = rules.getFirst().millis();
    return new TimeRange(w.window().startMillis() - m.lead(), w.window().endMillis() + m.lag());
  }

  StepTimes times() {
    return StepTimes.of(judged.stream().map(this::evaluated).toList(), stepMillis);
  }

  List<Expr> expressions() {
    return rules.stream().map(r -> LabelBinding.bind(r.expr(), labels)).toList();
  }

  /// The same of some of its windows.
  EvaluationUnit of(List<JudgedWindow> some) {
    return new EvaluationUnit(some, rules, labels, calendarShift, stepMillis);
  }

  /// The same of one rule.
  EvaluationUnit of(Rule one) {
    return withRules(List.of(one));
  }

  /// The same of some of its rules.
  EvaluationUnit withRules(List<Rule> some) {
    return new EvaluationUnit(judged, some, labels, calendarShift, stepMillis);
  }
}
