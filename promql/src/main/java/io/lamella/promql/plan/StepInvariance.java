package io.lamella.promql.plan;

import io.lamella.promql.ast.Expr;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Predicate;

/// Tells which expressions have the same value at every step, so that they are evaluated once.
public final class StepInvariance {
  private final Predicate<Expr> hasOneReference;
  private final Map<Expr, Boolean> known = new IdentityHashMap<>();

  /// @param hasOneReference whether all selectors of the first argument of `info` look at the same
  ///   moment
  public StepInvariance(Predicate<Expr> hasOneReference) {
    this.hasOneReference = hasOneReference;
  }

  public boolean holds(Expr e) {
    Boolean k = known.get(e);
    if (k == null) {
      k = compute(e);
      known.put(e, k);
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
      // As in Prometheus a parameter does not count: it is evaluated at the first step then.
      case Expr.Aggregation a -> holds(a.inner());
      case Expr.Call c -> call(c);
      case Expr.VectorSelector v -> v.at() != null;
      case Expr.MatrixSelector m -> m.selector().at() != null;
      case Expr.Subquery s -> s.at() != null;
    };
  }

  private boolean call(Expr.Call c) {
    return switch (c.function()) {
      case TIME, PREDICT_LINEAR -> false;
      case INFO -> holds(c.args().getFirst()) && hasOneReference.test(c.args().getFirst());
      case MINUTE, HOUR, DAY_OF_WEEK, DAY_OF_MONTH, DAY_OF_YEAR, DAYS_IN_MONTH, MONTH, YEAR ->
          false;
      case TIMESTAMP ->
          Expr.unwrap(c.args().getFirst()) instanceof Expr.VectorSelector v && v.at() != null;
      default -> {
        for (Expr arg : c.args()) {
          if (!holds(arg)) {
            yield false;
          }
        }
        yield true;
      }
    };
  }
}
