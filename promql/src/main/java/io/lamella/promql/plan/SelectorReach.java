package io.lamella.promql.plan;

import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.promql.ast.At;
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
/// @param taken which of these it uses
public record SelectorReach(
    List<Matcher> matchers, Times times, long before, long after, Taken taken) {
  /// Samples of a series that one evaluation uses.
  public enum Taken {
    /// The last one only.
    LAST,
    ALL
  }

  /// Times of evaluation, relative to that of the whole expression, or to the time that an `@`
  /// fixes.
  ///
  /// @param stepMillis only multiples of this, in absolute time, as a subquery has them; 1 for all
  /// @param at the time that is fixed; null where none is
  public record Times(long fromMillis, long toMillis, long stepMillis, @Nullable At at) {
    public boolean isFixed() {
      return at != null;
    }
  }

  /// The earliest sample, relative to the time of evaluation.
  public long fromMillis() {
    return times.fromMillis() - before;
  }

  /// The latest sample, relative to the time of evaluation.
  public long toMillis() {
    return times.toMillis() + after;
  }

  /// What [#fromMillis] and [#toMillis] are relative to: the times of evaluation, or the time that
  /// is fixed.
  public TimeRange relativeTo(TimeRange evaluated) {
    At at = times.at();
    if (at == null) {
      return evaluated;
    }
    long t = at.resolve(evaluated.startMillis(), evaluated.endMillis());
    return new TimeRange(t, t);
  }

  /// True where an expression that is evaluated at `start`, one step later, … up to `end` may use a
  /// sample.
  ///
  /// @param nextMillis the time of the next sample of the series, a stale marker or not; after all
  ///   times where there is none
  public boolean uses(long timeMillis, long nextMillis, TimeRange evaluated, long stepMillis) {
    long earliest = timeMillis - after;
    long latest = timeMillis + before;
    if (taken == Taken.LAST && nextMillis <= latest + after) {
      latest = nextMillis - after - 1;
    }
    if (times.isFixed()) {
      long at = relativeTo(evaluated).startMillis();
      long first = Math.max(earliest, at + times.fromMillis());
      return multiple(first) <= Math.min(latest, at + times.toMillis());
    }
    if (times.stepMillis() == 1) {
      return earliest <= latest
          && hasStep(
              earliest - times.toMillis(), latest - times.fromMillis(), evaluated, stepMillis);
    }
    long first = Math.max(earliest, evaluated.startMillis() + times.fromMillis());
    long last = Math.min(latest, evaluated.endMillis() + times.toMillis());
    for (long t = multiple(first); t <= last; t += times.stepMillis()) {
      if (hasStep(t - times.toMillis(), t - times.fromMillis(), evaluated, stepMillis)) {
        return true;
      }
    }
    return false;
  }

  private long multiple(long notBefore) {
    return Math.ceilDiv(notBefore, times.stepMillis()) * times.stepMillis();
  }

  /// Whether the expression is evaluated at some time of a range.
  private static boolean hasStep(long from, long to, TimeRange evaluated, long stepMillis) {
    long start = evaluated.startMillis();
    long skipped = Math.max(0, Math.ceilDiv(from - start, stepMillis));
    return start + skipped * stepMillis <= Math.min(to, evaluated.endMillis());
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
          boolean isSmoothed = v.mode() == RangeMode.SMOOTHED;
          add(v, at, lookback - 1, isSmoothed ? lookback : 0, isSmoothed ? Taken.ALL : Taken.LAST);
        }
        case Expr.MatrixSelector m -> {
          RangeMode mode = m.selector().mode();
          long before = mode == RangeMode.PLAIN ? 0 : lookback;
          long after = mode == RangeMode.SMOOTHED ? lookback : 0;
          add(m.selector(), at, durations.positiveMillis(m.width()) + before - 1, after, Taken.ALL);
        }
        case Expr.Subquery s -> {
          long offset = millis(s.offset());
          long width = durations.positiveMillis(s.width());
          DurationExpr written = s.step();
          long step =
              written == null ? subqueryStep : Math.max(1, durations.positiveMillis(written));
          Times outer = fixed(at, s.at());
          in(
              s.inner(),
              new Times(
                  outer.fromMillis() - offset - width + 1,
                  outer.toMillis() - offset,
                  step,
                  outer.at()));
        }
      }
    }

    private void add(Expr.VectorSelector v, Times at, long before, long after, Taken taken) {
      long offset = millis(v.offset());
      found.add(
          new SelectorReach(
              v.matchers(), fixed(at, v.at()), before + offset, after - offset, taken));
    }

    /// An `@` fixes one time, whatever subqueries are around it.
    private static Times fixed(Times outer, @Nullable At at) {
      return at == null ? outer : new Times(0, 0, 1, at);
    }

    private long millis(@Nullable DurationExpr d) {
      return d == null ? 0 : durations.millis(d);
    }
  }

  public SelectorReach {
    matchers = List.copyOf(matchers);
  }

  public SelectorReach withMatchers(List<Matcher> others) {
    return new SelectorReach(others, times, before, after, taken);
  }

  /// The reaches of all selectors of an expression.
  ///
  /// @param subqueryStepMillis of subqueries that do not set one
  /// @param durations the values of its durations
  /// @throws InvalidDurationException where one of them has none
  public static List<SelectorReach> of(
      Expr e, long lookbackMillis, long subqueryStepMillis, DurationValues durations) {
    List<SelectorReach> out = new ArrayList<>();
    new Walk(lookbackMillis, subqueryStepMillis, durations, out).in(e, new Times(0, 0, 1, null));
    return out;
  }
}
