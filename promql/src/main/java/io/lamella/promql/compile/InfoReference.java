package io.lamella.promql.compile;

import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.ValueType;
import io.lamella.promql.ast.VectorFunction;
import io.lamella.promql.exec.Steps;
import io.lamella.promql.exec.selector.ReferenceTimes;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The times at which `info()` reads its info series: those of the selectors below its first
/// argument where all are the same, else the evaluation times.
final class InfoReference {
  /// The time of a selector: the time of `@` if there is one, else the evaluation time, minus the
  /// offset.
  private record Moment(@Nullable Long fixed, long offset) {}

  private final SelectorCompiler selectors;
  private final Steps steps;
  private final Set<Moment> moments = new HashSet<>();
  private boolean open;

  InfoReference(SelectorCompiler selectors, Steps steps) {
    this.selectors = selectors;
    this.steps = steps;
  }

  /// True where all selectors read at the same time.
  boolean isOne(Expr e) {
    walk(e, new Moment(null, 0));
    return !open && moments.size() == 1;
  }

  ReferenceTimes of(Expr e) {
    if (!isOne(e)) {
      return new ReferenceTimes(steps, 0, null);
    }
    Moment m = moments.iterator().next();
    return new ReferenceTimes(steps, m.offset, m.fixed);
  }

  private void walk(Expr e, Moment outer) {
    switch (e) {
      case Expr.Paren p -> walk(p.inner(), outer);
      case Expr.Unary u -> walk(u.inner(), outer);
      case Expr.Binary b -> {
        vector(b.left(), outer);
        vector(b.right(), outer);
      }
      case Expr.Aggregation a -> walk(a.inner(), outer);
      case Expr.Call c -> call(c, outer);
      case Expr.VectorSelector v -> moments.add(moment(v, outer));
      case Expr.MatrixSelector m -> moments.add(moment(m.selector(), outer));
      case Expr.Subquery s -> {
        ReferenceTimes t = selectors.times(steps, s.offset(), s.at());
        walk(s.inner(), combine(t, outer));
      }
      case Expr.NumberLiteral _, Expr.StringLiteral _ -> open = true;
    }
  }

  private void call(Expr.Call c, Moment outer) {
    boolean any = false;
    for (Expr arg : c.args()) {
      if (arg.type() == ValueType.VECTOR || arg.type() == ValueType.MATRIX) {
        walk(arg, outer);
        any = true;
        if (c.function() == VectorFunction.INFO) {
          break;
        }
      }
    }
    open |= !any;
  }

  private void vector(Expr e, Moment outer) {
    if (e.type() == ValueType.VECTOR) {
      walk(e, outer);
    }
  }

  private Moment moment(Expr.VectorSelector v, Moment outer) {
    return combine(selectors.times(steps, v.offset(), v.at()), outer);
  }

  private static Moment combine(ReferenceTimes inner, Moment outer) {
    return inner.fixedMillis() == null
        ? new Moment(outer.fixed, outer.offset + inner.offsetMillis())
        : new Moment(inner.fixedMillis() - inner.offsetMillis(), 0);
  }
}
