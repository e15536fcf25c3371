package io.lamella.promql.real;

import io.lamella.promql.ast.AggregateOp;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.VectorFunction;

/// The order of an instant vector that a query defines.
enum SortOrder {
  NONE,
  BY_VALUE,
  BY_LABELS;

  static SortOrder of(Expr query) {
    return switch (Expr.unwrap(query)) {
      case Expr.Call c when c.function() instanceof VectorFunction f ->
          switch (f) {
            case SORT, SORT_DESC -> BY_VALUE;
            case SORT_BY_LABEL, SORT_BY_LABEL_DESC -> BY_LABELS;
            default -> NONE;
          };
      case Expr.Aggregation a when a.op() == AggregateOp.TOPK || a.op() == AggregateOp.BOTTOMK ->
          BY_VALUE;
      default -> NONE;
    };
  }
}
