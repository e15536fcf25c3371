package io.lamella.promql.compile;

import io.lamella.promql.ast.BinaryOp;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.RangeVectorFunction;
import io.lamella.promql.ast.ValueType;
import io.lamella.promql.source.SampleUse;
import io.lamella.promql.source.ValueFilter;
import io.lamella.promql.source.ValueFilter.Comparison;
import java.util.Optional;

/// Derives which samples an operator or function can depend on.
final class ComparedValues {
  private ComparedValues() {}

  /// The filter on the vector operand of a comparison with a literal number.
  static Optional<ValueFilter> filter(Expr.Binary b) {
    boolean numberFirst = b.left().type() == ValueType.SCALAR;
    Optional<Double> number = number(numberFirst ? b.left() : b.right());
    Optional<Comparison> comparison = comparison(b.op(), numberFirst);
    return b.bool() || number.isEmpty() || comparison.isEmpty()
        ? Optional.empty()
        : Optional.of(new ValueFilter(comparison.get(), number.get()));
  }

  private static Optional<Double> number(Expr e) {
    return switch (e) {
      case Expr.NumberLiteral n -> Optional.of(n.value());
      case Expr.Paren p -> number(p.inner());
      case Expr.Unary u -> number(u.inner()).map(v -> u.minus() ? -v : v);
      case Expr.StringLiteral _,
          Expr.Binary _,
          Expr.Aggregation _,
          Expr.Call _,
          Expr.VectorSelector _,
          Expr.MatrixSelector _,
          Expr.Subquery _ ->
          Optional.empty();
    };
  }

  private static Optional<Comparison> comparison(BinaryOp op, boolean numberFirst) {
    return switch (op) {
      case EQL -> Optional.of(Comparison.EQUAL);
      case NEQ -> Optional.of(Comparison.NOT_EQUAL);
      case GTR -> Optional.of(numberFirst ? Comparison.LESS : Comparison.GREATER);
      case GTE -> Optional.of(numberFirst ? Comparison.LESS_OR_EQUAL : Comparison.GREATER_OR_EQUAL);
      case LSS -> Optional.of(numberFirst ? Comparison.GREATER : Comparison.LESS);
      case LTE -> Optional.of(numberFirst ? Comparison.GREATER_OR_EQUAL : Comparison.LESS_OR_EQUAL);
      case POW, MUL, DIV, MOD, ATAN2, ADD, SUB, TRIM_UPPER, TRIM_LOWER, AND, UNLESS, OR ->
          Optional.empty();
    };
  }

  /// The part of the samples that a function depends on.
  static SampleUse use(RangeVectorFunction f) {
    return switch (f) {
      case COUNT_OVER_TIME -> SampleUse.COUNT;
      case PRESENT_OVER_TIME -> SampleUse.PRESENCE;
      case MAX_OVER_TIME -> SampleUse.MAX;
      case MIN_OVER_TIME -> SampleUse.MIN;
      case SUM_OVER_TIME,
          AVG_OVER_TIME,
          LAST_OVER_TIME,
          STDDEV_OVER_TIME,
          STDVAR_OVER_TIME,
          QUANTILE_OVER_TIME ->
          SampleUse.VALUES;
      case CHANGES,
          DELTA,
          DERIV,
          DOUBLE_EXPONENTIAL_SMOOTHING,
          FIRST_OVER_TIME,
          IDELTA,
          INCREASE,
          IRATE,
          MAD_OVER_TIME,
          PREDICT_LINEAR,
          RATE,
          RESETS,
          TS_OF_FIRST_OVER_TIME,
          TS_OF_LAST_OVER_TIME,
          TS_OF_MAX_OVER_TIME,
          TS_OF_MIN_OVER_TIME ->
          SampleUse.EVERYTHING;
    };
  }

  /// The filter on the samples of a function that follows from a filter on its results: the maximum
  /// of a window passes `>` exactly where some sample does.
  static Optional<ValueFilter> through(SampleUse use, Optional<ValueFilter> filter) {
    return filter.filter(f ->
        switch (f.comparison()) {
          case GREATER, GREATER_OR_EQUAL -> use == SampleUse.MAX;
          case LESS, LESS_OR_EQUAL -> use == SampleUse.MIN;
          case EQUAL, NOT_EQUAL -> false;
        });
  }
}
