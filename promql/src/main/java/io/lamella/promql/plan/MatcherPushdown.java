package io.lamella.promql.plan;

import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.promql.ast.AggregateOp;
import io.lamella.promql.ast.BinaryOp;
import io.lamella.promql.ast.DateFunction;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.FloatFunction;
import io.lamella.promql.ast.Function;
import io.lamella.promql.ast.HistogramFunction;
import io.lamella.promql.ast.RangeVectorFunction;
import io.lamella.promql.ast.ScalarFunction;
import io.lamella.promql.ast.ValueType;
import io.lamella.promql.ast.VectorFunction;
import io.lamella.promql.ast.VectorMatching;
import io.lamella.promql.ast.VectorMatching.Cardinality;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Narrows the selectors of an expression of which only the series that some matchers match are
/// asked for. Those series stay as they are; of the others some may be left. An error that only
/// others cause may be gone, such as two of them for one match.
///
/// A matcher goes down to a selector where each series below that is of use has the same value of
/// the label.
public final class MatcherPushdown {
  private static final String BUCKET = "le";

  private MatcherPushdown() {}

  /// The expression with selectors that select less.
  ///
  /// @param wanted of the series that are asked for; those on the metric's name are not used
  public static Expr of(Expr e, List<Matcher> wanted) {
    return in(e, wanted.stream().filter(m -> !m.name().equals(Labels.METRIC_NAME)).toList());
  }

  private static Expr in(Expr e, List<Matcher> wanted) {
    if (wanted.isEmpty()) {
      return e;
    }
    return switch (e) {
      case Expr.NumberLiteral _, Expr.StringLiteral _ -> e;
      case Expr.Paren p -> new Expr.Paren(in(p.inner(), wanted), p.range());
      case Expr.Unary u -> new Expr.Unary(u.minus(), in(u.inner(), wanted), u.range());
      case Expr.Binary b -> binary(b, wanted);
      case Expr.Aggregation a -> a.withOperands(a.param(), in(a.inner(), grouped(a, wanted)));
      case Expr.Call c -> call(c, wanted);
      case Expr.VectorSelector v -> selector(v, wanted);
      case Expr.MatrixSelector m ->
          new Expr.MatrixSelector(selector(m.selector(), wanted), m.width(), m.range());
      case Expr.Subquery s -> s.withInner(in(s.inner(), wanted));
    };
  }

  private static Expr.VectorSelector selector(Expr.VectorSelector v, List<Matcher> wanted) {
    List<Matcher> all = new ArrayList<>(v.matchers());
    wanted.stream().filter(m -> !all.contains(m)).forEach(all::add);
    return new Expr.VectorSelector(v.name(), all, v.offset(), v.at(), v.mode(), v.range());
  }

  /// Those on labels that all series of a group have in common.
  private static List<Matcher> grouped(Expr.Aggregation a, List<Matcher> wanted) {
    if (a.op() == AggregateOp.COUNT_VALUES) {
      // It adds a label of any name.
      return List.of();
    }
    return wanted.stream().filter(m -> a.grouping().contains(m.name()) != a.without()).toList();
  }

  private static Expr call(Expr.Call c, List<Matcher> wanted) {
    List<Matcher> kept = kept(c, wanted);
    List<Expr> args = new ArrayList<>();
    for (Expr arg : c.args()) {
      boolean isSeries = arg.type() == ValueType.VECTOR || arg.type() == ValueType.MATRIX;
      args.add(isSeries ? in(arg, kept) : arg);
    }
    return new Expr.Call(c.function(), args, c.range());
  }

  private static List<Matcher> kept(Expr.Call c, List<Matcher> wanted) {
    boolean setsLabel =
        c.function() == VectorFunction.LABEL_REPLACE || c.function() == VectorFunction.LABEL_JOIN;
    if (setsLabel && Expr.unwrap(c.args().get(1)) instanceof Expr.StringLiteral label) {
      return wanted.stream().filter(m -> !m.name().equals(label.value())).toList();
    }
    return keepsLabels(c.function())
        ? wanted.stream().filter(m -> !m.name().equals(BUCKET)).toList()
        : List.of();
  }

  /// True where a series of the result has the labels of the series that it is computed from, but
  /// for the name and the bound of a bucket.
  private static boolean keepsLabels(Function f) {
    return switch (f) {
      case ScalarFunction _ -> false;
      case FloatFunction _, DateFunction _, HistogramFunction _, RangeVectorFunction _ -> true;
      case VectorFunction v ->
          switch (v) {
            case CLAMP,
                CLAMP_MAX,
                CLAMP_MIN,
                HISTOGRAM_FRACTION,
                HISTOGRAM_QUANTILE,
                ROUND,
                SORT,
                SORT_BY_LABEL,
                SORT_BY_LABEL_DESC,
                SORT_DESC,
                START_TIMESTAMP,
                TIMESTAMP ->
                true;
            case ABSENT,
                ABSENT_OVER_TIME,
                HISTOGRAM_QUANTILES,
                INFO,
                LABEL_JOIN,
                LABEL_REPLACE,
                VECTOR ->
                false;
          };
    };
  }

  private static Expr binary(Expr.Binary b, List<Matcher> wanted) {
    VectorMatching matching = b.matching();
    if (matching == null) {
      return b.withOperands(operand(b.left(), wanted), operand(b.right(), wanted));
    }
    List<Matcher> left = new ArrayList<>();
    List<Matcher> right = new ArrayList<>();
    for (Matcher m : wanted) {
      if (matching.labels().contains(m.name()) == matching.on()) {
        // Elements match only if they have the same value.
        left.add(m);
        right.add(m);
      } else if (takesLabels(b.op(), matching, m.name()) == Cardinality.MANY_TO_ONE) {
        left.add(m);
      } else if (takesLabels(b.op(), matching, m.name()) == Cardinality.ONE_TO_MANY) {
        right.add(m);
      }
    }
    return b.withOperands(in(b.left(), left), in(b.right(), right));
  }

  private static Expr operand(Expr e, List<Matcher> wanted) {
    return e.type() == ValueType.VECTOR ? in(e, wanted) : e;
  }

  /// The side that alone decides on a label of the result that is not matched on; null where it is
  /// neither.
  private static @Nullable Cardinality takesLabels(
      BinaryOp op, VectorMatching matching, String label) {
    if (op == BinaryOp.AND || op == BinaryOp.UNLESS) {
      return Cardinality.MANY_TO_ONE;
    }
    boolean isCopied = matching.include().contains(label) || matching.fills();
    return switch (matching.cardinality()) {
      case MANY_TO_ONE, ONE_TO_MANY -> isCopied ? null : matching.cardinality();
      case ONE_TO_ONE, MANY_TO_MANY -> null;
    };
  }
}
