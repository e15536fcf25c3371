package io.lamella.promql.plan;

import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.Feature;
import io.lamella.promql.ast.Function;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Finds aggregations that see only some labels of the series below, so that a source need not read
/// the others.
///
/// Only where nothing between the aggregation and one selector looks at labels, and where the
/// selector fixes the metric name: otherwise taking names off could make labels equal, which is an
/// error that must not be lost.
public final class Projection {
  private Projection() {}

  /// The labels that matter below an aggregation, or empty for all.
  public static Optional<Set<String>> labels(Expr.Aggregation a, Set<Feature> features) {
    boolean groups =
        switch (a.op()) {
          case SUM, AVG, COUNT, MIN, MAX, GROUP, STDDEV, STDVAR, QUANTILE -> true;
          case TOPK, BOTTOMK, LIMITK, LIMIT_RATIO, COUNT_VALUES -> false;
        };
    if (!groups || a.without() || !reachesNamedSelector(a.inner())) {
      return Optional.empty();
    }
    Set<String> names = new HashSet<>(a.grouping());
    names.add(Labels.METRIC_NAME);
    if (features.contains(Feature.TYPE_AND_UNIT_LABELS)) {
      names.add("__type__");
      names.add("__unit__");
    }
    return Optional.of(names);
  }

  private static boolean reachesNamedSelector(Expr e) {
    return switch (e) {
      case Expr.Paren p -> reachesNamedSelector(p.inner());
      case Expr.Unary u -> reachesNamedSelector(u.inner());
      case Expr.Call c ->
          passesLabels(c.function())
              && !c.args().isEmpty()
              && reachesNamedSelector(c.args().getLast());
      case Expr.VectorSelector v -> fixesName(v);
      case Expr.MatrixSelector m -> fixesName(m.selector());
      case Expr.NumberLiteral _,
          Expr.StringLiteral _,
          Expr.Binary _,
          Expr.Aggregation _,
          Expr.Subquery _ ->
          false;
    };
  }

  /// Functions of one argument that go series by series.
  private static boolean passesLabels(Function f) {
    return f.arguments().size() == 1
        && switch (f) {
          case ABSENT,
              ABSENT_OVER_TIME,
              SCALAR,
              VECTOR,
              SORT,
              SORT_DESC,
              INFO,
              TIMESTAMP,
              START_TIMESTAMP ->
              false;
          default -> true;
        };
  }

  private static boolean fixesName(Expr.VectorSelector v) {
    return v.matchers().stream()
        .anyMatch(m ->
            m.name().equals(Labels.METRIC_NAME)
                && m.type() == Matcher.Type.EQUAL
                && !m.value().isEmpty());
  }
}
