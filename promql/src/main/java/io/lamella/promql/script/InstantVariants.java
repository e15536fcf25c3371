package io.lamella.promql.script;

import io.lamella.model.Histogram;
import io.lamella.promql.MatrixSeries;
import io.lamella.promql.Value;
import io.lamella.promql.VectorSample;
import io.lamella.promql.ast.At;
import io.lamella.promql.ast.DateFunction;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.Function;
import io.lamella.promql.ast.RangeVectorFunction;
import io.lamella.promql.ast.ScalarFunction;
import io.lamella.promql.ast.VectorFunction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Variants of an instant eval that must have the same values: at other times with `@` and the time
/// of the eval on all selectors, and in the middle of a range query.
final class InstantVariants {
  private static final long MINUTE = 60_000;

  /// Functions, `@` and durations that depend on the times of the query.
  private static final Pattern OF_THE_QUERY = Pattern.compile("\\b(start|end|range|step)\\(\\)");

  private final Script.Eval eval;
  private final Expr parsed;
  private final Set<Function> called = new HashSet<>();

  InstantVariants(Script.Eval eval, Expr parsed) {
    this.eval = eval;
    this.parsed = parsed;
    collect(parsed);
  }

  /// True for the functions whose value depends on the evaluation time.
  private static boolean looksAtTheTime(Function f) {
    return f instanceof DateFunction
        || f == ScalarFunction.TIME
        || f == VectorFunction.TIMESTAMP
        || f == RangeVectorFunction.PREDICT_LINEAR;
  }

  private boolean looksAtTheQuery() {
    return OF_THE_QUERY.matcher(parsed.toString()).find();
  }

  /// The eval with fixed times of its selectors, evaluated at several times; empty where it depends
  /// on the time.
  List<Script.Eval> pinned() {
    boolean isWindow = eval.window() != null;
    if (isWindow
        || looksAtTheQuery()
        || called.stream().anyMatch(InstantVariants::looksAtTheTime)) {
      return List.of();
    }
    long t = eval.startMillis();
    Set<Long> times =
        new LinkedHashSet<>(
            t == 0 ? List.of(-1_000L, 0L, 1_000L) : List.of(-10 * t, 0L, t / 5, t, 10 * t));
    String query = pin(parsed, new At.Time(t)).toString();
    List<Script.Eval> out = new ArrayList<>();
    for (long time : times) {
      out.add(eval.atTime(query, time));
    }
    return out;
  }

  /// True where a range query must have the same values at the eval's time.
  boolean holdsInRange() {
    return eval.window() == null
        && eval.expectations().string().isEmpty()
        && eval.expectations().failure().isEmpty()
        && !looksAtTheQuery();
  }

  /// The range query from a minute before to a minute after, in steps of a minute.
  static Script.Eval inRange(Script.Eval eval) {
    long t = eval.startMillis();
    return eval.over(t - MINUTE, t + MINUTE, MINUTE);
  }

  /// The values of a range query at one time, in the form of an instant query.
  static Value at(Value.Matrix matrix, long timeMillis, boolean isScalar) {
    List<VectorSample> out = new ArrayList<>();
    for (MatrixSeries s : matrix.series()) {
      for (int i = 0; i < s.size(); i++) {
        if (s.times()[i] == timeMillis) {
          Histogram h = s.histogramAt(i);
          out.add(new VectorSample(s.labels(), timeMillis, s.values()[i], h));
        }
      }
    }
    return isScalar && out.size() == 1
        ? new Value.Scalar(timeMillis, out.getFirst().value())
        : new Value.Vector(out);
  }

  private void collect(Expr e) {
    switch (e) {
      case Expr.Paren p -> collect(p.inner());
      case Expr.Unary u -> collect(u.inner());
      case Expr.Binary b -> {
        collect(b.left());
        collect(b.right());
      }
      case Expr.Aggregation a -> {
        if (a.param() != null) {
          collect(a.param());
        }
        collect(a.inner());
      }
      case Expr.Call c -> {
        called.add(c.function());
        c.args().forEach(this::collect);
      }
      case Expr.Subquery s -> collect(s.inner());
      case Expr.VectorSelector _,
          Expr.MatrixSelector _,
          Expr.NumberLiteral _,
          Expr.StringLiteral _ -> {}
    }
  }

  /// The expression with `@` on every selector and outermost subquery that has none.
  private static Expr pin(Expr e, At at) {
    return switch (e) {
      case Expr.Paren p -> new Expr.Paren(pin(p.inner(), at), p.range());
      case Expr.Unary u -> new Expr.Unary(u.minus(), pin(u.inner(), at), u.range());
      case Expr.Binary b -> b.withOperands(pin(b.left(), at), pin(b.right(), at));
      case Expr.Aggregation a ->
          a.withOperands(a.param() == null ? null : pin(a.param(), at), pin(a.inner(), at));
      case Expr.Call c -> {
        List<Expr> args = new ArrayList<>();
        for (Expr arg : c.args()) {
          // The second argument of info is a list of matchers, not a vector.
          boolean isSelection = c.function() == VectorFunction.INFO && !args.isEmpty();
          args.add(isSelection ? arg : pin(arg, at));
        }
        yield new Expr.Call(c.function(), args, c.range());
      }
      case Expr.VectorSelector v -> pinned(v, at);
      case Expr.MatrixSelector m ->
          new Expr.MatrixSelector(pinned(m.selector(), at), m.width(), m.range());
      case Expr.Subquery s -> s.at() == null ? s.withAt(at, s.range()) : s;
      case Expr.NumberLiteral _, Expr.StringLiteral _ -> e;
    };
  }

  private static Expr.VectorSelector pinned(Expr.VectorSelector v, At at) {
    return v.at() == null ? v.withAt(at, v.range()) : v;
  }
}
