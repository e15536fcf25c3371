package io.lamella.promql.plan;

import io.lamella.model.Matcher;
import io.lamella.promql.ast.Expr;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Replaces the matchers of all selectors of an expression.
public final class MatcherRewrite {
  private final UnaryOperator<List<Matcher>> rewrite;

  private MatcherRewrite(UnaryOperator<List<Matcher>> rewrite) {
    this.rewrite = rewrite;
  }

  /// The expression with other matchers.
  ///
  /// @param rewrite of the matchers of one selector
  public static Expr of(Expr e, UnaryOperator<List<Matcher>> rewrite) {
    return new MatcherRewrite(rewrite).in(e);
  }

  private Expr in(Expr e) {
    return switch (e) {
      case Expr.NumberLiteral _, Expr.StringLiteral _ -> e;
      case Expr.Paren p -> new Expr.Paren(in(p.inner()), p.range());
      case Expr.Unary u -> new Expr.Unary(u.minus(), in(u.inner()), u.range());
      case Expr.Binary b -> b.withOperands(in(b.left()), in(b.right()));
      case Expr.Aggregation a -> a.withOperands(parameter(a.param()), in(a.inner()));
      case Expr.Call c ->
          new Expr.Call(c.function(), c.args().stream().map(this::in).toList(), c.range());
      case Expr.VectorSelector v -> selector(v);
      case Expr.MatrixSelector m ->
          new Expr.MatrixSelector(selector(m.selector()), m.width(), m.range());
      case Expr.Subquery s -> s.withInner(in(s.inner()));
    };
  }

  private @Nullable Expr parameter(@Nullable Expr e) {
    return e == null ? null : in(e);
  }

  private Expr.VectorSelector selector(Expr.VectorSelector v) {
    return new Expr.VectorSelector(
        v.name(), rewrite.apply(v.matchers()), v.offset(), v.at(), v.mode(), v.range());
  }
}
