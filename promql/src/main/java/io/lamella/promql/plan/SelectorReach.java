package io.lamella.promql.plan;

import io.lamella.model.Matcher;
import io.lamella.promql.ast.At;
import io.lamella.promql.ast.DurationExpr;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.RangeMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which samples a selector of an expression may use, relative to the time of evaluation.
///
/// @param matchers of the selector
/// @param fromMillis the earliest sample, usually negative
/// @param toMillis the latest sample, included
/// @param isFixed true where an `@` fixes the time; then the bounds say nothing
public record SelectorReach(
    List<Matcher> matchers, long fromMillis, long toMillis, boolean isFixed) {
  /// The times, relative to the time of evaluation, at which a part of the expression is evaluated.
  private record Times(long from, long to, boolean fixed) {}

  private record Walk(long lookback, DurationValues durations, List<SelectorReach> found) {
    private void in(Expr e, Times at) {
      switch (e) {
        case Expr.NumberLiteral _, Expr.StringLiteral _ -> {}
        case Expr.Paren p -> in(p.inner(), at);
        case Expr.Unary u -> in(u.inner(), at);
        case Expr.Binary b -> {
          in(b.left(), at);
          in(b.right(), at);
        }
        case Expr.Aggregation a -> {
          Expr param = a.param();
          if (param != null) {
            in(param, at);
          }
          in(a.inner(), at);
        }
        case Expr.Call c -> c.args().forEach(x -> in(x, at));
        case Expr.VectorSelector v -> {
          long after = v.mode() == RangeMode.SMOOTHED ? lookback : 0;
          add(v, at, lookback - 1, after);
        }
        case Expr.MatrixSelector m -> {
          RangeMode mode = m.selector().mode();
          long before = mode == RangeMode.PLAIN ? 0 : lookback;
          long after = mode == RangeMode.SMOOTHED ? lookback : 0;
          add(m.selector(), at, durations.positiveMillis(m.width()) + before - 1, after);
        }
        case Expr.Subquery s -> {
          Times t = shifted(at, s.offset(), s.at());
          long width = durations.positiveMillis(s.width());
          in(s.inner(), new Times(t.from - width + 1, t.to, t.fixed));
        }
      }
    }

    private void add(Expr.VectorSelector v, Times at, long before, long after) {
      Times t = shifted(at, v.offset(), v.at());
      found.add(new SelectorReach(v.matchers(), t.from - before, t.to + after, t.fixed));
    }

    private Times shifted(Times at, @Nullable DurationExpr offset, @Nullable At fixed) {
      long o = offset == null ? 0 : durations.millis(offset);
      return new Times(at.from - o, at.to - o, at.fixed || fixed != null);
    }
  }

  public SelectorReach {
    matchers = List.copyOf(matchers);
  }

  public SelectorReach withMatchers(List<Matcher> others) {
    return new SelectorReach(others, fromMillis, toMillis, isFixed);
  }

  /// The reaches of all selectors of an expression.
  ///
  /// @param durations the values of its durations
  /// @throws InvalidDurationException where one of them has none
  public static List<SelectorReach> of(Expr e, long lookbackMillis, DurationValues durations) {
    List<SelectorReach> out = new ArrayList<>();
    new Walk(lookbackMillis, durations, out).in(e, new Times(0, 0, false));
    return out;
  }
}
