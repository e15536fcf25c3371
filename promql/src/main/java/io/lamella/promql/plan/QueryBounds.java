package io.lamella.promql.plan;

import io.lamella.promql.ast.At;
import io.lamella.promql.ast.DurationExpr;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.ScalarFunction;
import org.jspecify.annotations.Nullable;

/// Finds expressions whose value at a time depends on where the query starts or ends: by `start()`,
/// `end()` or `range()`, or because Prometheus evaluates a parameter at the first step only.
public final class QueryBounds {
  private final StepInvariance invariance = new StepInvariance(_ -> false);

  private QueryBounds() {}

  /// True where the results of two queries at a time that both include may differ.
  public static boolean areUsed(Expr e) {
    return new QueryBounds().in(e);
  }

  private boolean in(@Nullable Expr e) {
    return switch (e) {
      case null -> false;
      case Expr.NumberLiteral _, Expr.StringLiteral _ -> false;
      case Expr.Paren p -> in(p.inner());
      case Expr.Unary u -> in(u.inner());
      case Expr.Binary b -> in(b.left()) || in(b.right());
      case Expr.Aggregation a ->
          in(a.inner())
              || in(a.param())
              || a.param() != null && invariance.holds(a.inner()) && !invariance.holds(a.param());
      case Expr.Call c -> isBound(c) || c.args().stream().anyMatch(this::in);
      case Expr.VectorSelector v -> isBound(v.at()) || in(v.offset());
      case Expr.MatrixSelector m -> in(m.selector()) || in(m.width());
      case Expr.Subquery s ->
          in(s.inner()) || in(s.width()) || in(s.step()) || in(s.offset()) || isBound(s.at());
    };
  }

  private static boolean isBound(Expr.Call c) {
    return c.function() instanceof ScalarFunction f
        && (f == ScalarFunction.START || f == ScalarFunction.END || f == ScalarFunction.RANGE);
  }

  private static boolean isBound(@Nullable At at) {
    return at instanceof At.Start || at instanceof At.End;
  }

  private boolean in(@Nullable DurationExpr d) {
    return switch (d) {
      case null -> false;
      case DurationExpr.Literal _, DurationExpr.Step _ -> false;
      case DurationExpr.QueryRange _ -> true;
      case DurationExpr.Negate n -> in(n.inner());
      case DurationExpr.Plus p -> in(p.inner());
      case DurationExpr.Parenthesized p -> in(p.inner());
      case DurationExpr.Extreme x -> in(x.left()) || in(x.right());
      case DurationExpr.Arithmetic a -> in(a.left()) || in(a.right());
    };
  }
}
