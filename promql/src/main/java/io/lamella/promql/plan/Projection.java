package io.lamella.promql.plan;

import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.promql.ast.DateFunction;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.Feature;
import io.lamella.promql.ast.FloatFunction;
import io.lamella.promql.ast.Function;
import io.lamella.promql.ast.HistogramFunction;
import io.lamella.promql.ast.RangeVectorFunction;
import io.lamella.promql.ast.ScalarFunction;
import io.lamella.promql.ast.VectorFunction;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Finds the labels that an aggregation needs of the series below, so that a source need not read
/// the others.
///
/// Only where nothing between the aggregation and one selector uses labels, and where the selector
/// fixes the metric name: otherwise dropping names could make labels equal, which is an error that
/// must not be lost.
public final class Projection {
  private Projection() {}

  /// The labels that are needed below an aggregation, or empty for all.
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

  /// Functions of one argument that compute each series by itself and use no label.
  private static boolean passesLabels(Function f) {
    return switch (f) {
      case FloatFunction _, DateFunction _, HistogramFunction _ -> true;
      case RangeVectorFunction r -> r.arguments().size() == 1;
      case ScalarFunction _, VectorFunction _ -> false;
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
