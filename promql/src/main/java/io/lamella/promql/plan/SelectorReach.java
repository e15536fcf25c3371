package io.lamella.promql.plan;

import io.lamella.model.Matcher;
import io.lamella.promql.ast.DurationExpr;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.RangeMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which samples a selector of an expression may use.
///
/// @param matchers of the selector
/// @param times at which the selector is evaluated, relative to the evaluation of the expression
/// @param before how far before each of these times it uses samples; `after`, how far after it,
///   both included
public record SelectorReach(List<Matcher> matchers, Times times, long before, long after) {
  /// Times of evaluation, relative to that of the whole expression.
  ///
  /// @param stepMillis only multiples of this, in absolute time, as a subquery has them; 1 for all
  /// @param isFixed true where an `@` fixes the time; then the bounds say nothing
  public record Times(long fromMillis, long toMillis, long stepMillis, boolean isFixed) {}

  /// The earliest sample, relative to the time of evaluation.
  public long fromMillis() {
    return times.fromMillis() - before;
  }

  /// The latest sample, relative to the time of evaluation.
  public long toMillis() {
    return times.toMillis() + after;
  }

  /// True where an expression that is evaluated at all times from `start` to `end` may use a
  /// sample.
  public boolean uses(long timeMillis, long start, long end) {
    long earliest = Math.max(timeMillis - after, start + times.fromMillis());
    long latest = Math.min(timeMillis + before, end + times.toMillis());
    return Math.floorDiv(latest, times.stepMillis()) * times.stepMillis() >= earliest;
  }

  /// @param subqueryStep of subqueries that do not set one
  private record Walk(
      long lookback, long subqueryStep, DurationValues durations, List<SelectorReach> found) {
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
          long offset = millis(s.offset());
          long width = durations.positiveMillis(s.width());
          DurationExpr written = s.step();
          long step =
              written == null ? subqueryStep : Math.max(1, durations.positiveMillis(written));
          in(
              s.inner(),
              new Times(
                  at.fromMillis() - offset - width + 1,
                  at.toMillis() - offset,
                  step,
                  at.isFixed() || s.at() != null));
        }
      }
    }

    private void add(Expr.VectorSelector v, Times at, long before, long after) {
      long offset = millis(v.offset());
      Times t =
          new Times(
              at.fromMillis(), at.toMillis(), at.stepMillis(), at.isFixed() || v.at() != null);
      found.add(new SelectorReach(v.matchers(), t, before + offset, after - offset));
    }

    private long millis(@Nullable DurationExpr d) {
      return d == null ? 0 : durations.millis(d);
    }
  }

  public SelectorReach {
    matchers = List.copyOf(matchers);
  }

  public SelectorReach withMatchers(List<Matcher> others) {
    return new SelectorReach(others, times, before, after);
  }

  /// The reaches of all selectors of an expression.
  ///
  /// @param subqueryStepMillis of subqueries that do not set one
  /// @param durations the values of its durations
  /// @throws InvalidDurationException where one of them has none
  public static List<SelectorReach> of(
      Expr e, long lookbackMillis, long subqueryStepMillis, DurationValues durations) {
    List<SelectorReach> out = new ArrayList<>();
    new Walk(lookbackMillis, subqueryStepMillis, durations, out).in(e, new Times(0, 0, 1, false));
    return out;
  }
}
