package io.lamella.promql.plan;

import io.lamella.promql.ast.DateFunction;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.FloatFunction;
import io.lamella.promql.ast.HistogramFunction;
import io.lamella.promql.ast.RangeVectorFunction;
import io.lamella.promql.ast.ScalarFunction;
import io.lamella.promql.ast.VectorFunction;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Predicate;

/// Finds expressions that have the same value at every step, so that they are evaluated once.
public final class StepInvariance {
  private final Predicate<Expr> hasOneReference;
  private final Map<Expr, Boolean> results = new IdentityHashMap<>();

  /// @param hasOneReference whether all selectors of the first argument of `info` read at the same
  ///   time
  public StepInvariance(Predicate<Expr> hasOneReference) {
    this.hasOneReference = hasOneReference;
  }

  public boolean holds(Expr e) {
    Boolean k = results.get(e);
    if (k == null) {
      k = compute(e);
      results.put(e, k);
    }
    return k;
  }

  private boolean compute(Expr e) {
    return switch (e) {
      case Expr.NumberLiteral _ -> true;
      case Expr.StringLiteral _ -> true;
      case Expr.Paren p -> holds(p.inner());
      case Expr.Unary u -> holds(u.inner());
      case Expr.Binary b -> holds(b.left()) && holds(b.right());
      // As in Prometheus the parameter is ignored here, and then evaluated at the first step.
      case Expr.Aggregation a -> holds(a.inner());
      case Expr.Call c -> call(c);
      case Expr.VectorSelector v -> v.at() != null;
      case Expr.MatrixSelector m -> m.selector().at() != null;
      case Expr.Subquery s -> s.at() != null;
    };
  }

  private boolean call(Expr.Call c) {
    return switch (c.function()) {
      case DateFunction _ -> false;
      case ScalarFunction f -> f != ScalarFunction.TIME && argumentsHold(c);
      case RangeVectorFunction f -> f != RangeVectorFunction.PREDICT_LINEAR && argumentsHold(c);
      case FloatFunction _, HistogramFunction _ -> argumentsHold(c);
      case VectorFunction f -> call(c, f);
    };
  }

  private boolean call(Expr.Call c, VectorFunction f) {
    return switch (f) {
      case INFO -> holds(c.args().getFirst()) && hasOneReference.test(c.args().getFirst());
      case TIMESTAMP ->
          Expr.unwrap(c.args().getFirst()) instanceof Expr.VectorSelector v && v.at() != null;
      case ABSENT,
          ABSENT_OVER_TIME,
          CLAMP,
          CLAMP_MAX,
          CLAMP_MIN,
          HISTOGRAM_FRACTION,
          HISTOGRAM_QUANTILE,
          HISTOGRAM_QUANTILES,
          LABEL_JOIN,
          LABEL_REPLACE,
          ROUND,
          SORT,
          SORT_BY_LABEL,
          SORT_BY_LABEL_DESC,
          SORT_DESC,
          START_TIMESTAMP,
          VECTOR ->
          argumentsHold(c);
    };
  }

  private boolean argumentsHold(Expr.Call c) {
    for (Expr arg : c.args()) {
      if (!holds(arg)) {
        return false;
      }
    }
    return true;
  }
}
