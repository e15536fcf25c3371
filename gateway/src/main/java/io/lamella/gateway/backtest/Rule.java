package io.lamella.gateway.backtest;

import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.ValueType;
import io.lamella.promql.plan.SelectorReach;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/// A constraint with values for the parameters of the sweep, ready to be evaluated.
///
/// @param parameters that the constraint uses
/// @param expr with labels of the window still to be bound
/// @param labels of the window that it asks for
/// @param usesBounds true where its value depends on where the window begins and ends
/// @param reaches which samples it may use
/// @param reads what else than history it depends on
record Rule(
    Constraint constraint,
    SortedMap<String, String> parameters,
    Expr expr,
    Millis millis,
    Set<String> labels,
    boolean usesBounds,
    Reaches reaches,
    Reads reads) {
  /// Which samples an expression may use.
  @FunctionalInterface
  interface Reaches {
    /// @param rangeMillis from the first to the last time of evaluation, for `range()` in durations
    /// @return empty where a duration has no value, of which the evaluation tells
    List<SelectorReach> of(long rangeMillis);
  }

  /// What an expression depends on.
  enum Reads {
    HISTORY,
    /// What rules record, too.
    RECORDED,
    /// The windows of the backtest, too.
    CALENDAR
  }

  /// The durations of a rule in milliseconds.
  record Millis(long hold, long keepFiring, long lead, long lag) {}

  /// True where it reads windows as a metric.
  boolean readsCalendar() {
    return reads == Reads.CALENDAR;
  }

  /// True where smaller values are farther from where the constraint holds.
  boolean leastIsWorst() {
    return leastIsWorst(expr);
  }

  private static boolean leastIsWorst(Expr e) {
    if (!(Expr.unwrap(e) instanceof Expr.Binary b)) {
      return false;
    }
    // A comparison returns values of its vector, on whichever side that is.
    boolean isOfRight = b.left().type() == ValueType.SCALAR;
    return switch (b.op()) {
      case LSS, LTE -> !isOfRight;
      case GTR, GTE -> isOfRight;
      case AND, UNLESS -> leastIsWorst(b.left());
      case ADD, ATAN2, DIV, EQL, MOD, MUL, NEQ, OR, POW, SUB, TRIM_LOWER, TRIM_UPPER -> false;
    };
  }
}
