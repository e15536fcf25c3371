package io.lamella.promql.ast;

import io.lamella.model.Matcher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A node of the syntax tree. `toString()` is canonical PromQL.
public sealed interface Expr {
  /// The position of the expression in the query.
  TextRange range();

  ValueType type();

  /// A number, or a duration used as a number of seconds.
  record NumberLiteral(double value, boolean duration, TextRange range) implements Expr {
    @Override
    public ValueType type() {
      return ValueType.SCALAR;
    }

    @Override
    public String toString() {
      return Printer.print(this);
    }
  }

  record StringLiteral(String value, TextRange range) implements Expr {
    @Override
    public ValueType type() {
      return ValueType.STRING;
    }

    @Override
    public String toString() {
      return Printer.print(this);
    }
  }

  /// @param type that of `inner`, kept because there may be thousands of them in each other
  record Paren(Expr inner, TextRange range, ValueType type) implements Expr {
    public Paren(Expr inner, TextRange range) {
      this(inner, range, inner.type());
    }

    @Override
    public String toString() {
      return Printer.print(this);
    }
  }

  /// A sign before an expression.
  ///
  /// @param type that of `inner`
  record Unary(boolean minus, Expr inner, TextRange range, ValueType type) implements Expr {
    public Unary(boolean minus, Expr inner, TextRange range) {
      this(minus, inner, range, inner.type());
    }

    @Override
    public String toString() {
      return Printer.print(this);
    }
  }

  /// @param matching null where an operand is a scalar
  /// @param type scalar where both operands are, kept because chains may have thousands of
  ///   operators
  record Binary(
      BinaryOp op,
      Expr left,
      Expr right,
      boolean bool,
      @Nullable VectorMatching matching,
      TextRange range,
      ValueType type)
      implements Expr {
    public Binary(
        BinaryOp op,
        Expr left,
        Expr right,
        boolean bool,
        @Nullable VectorMatching matching,
        TextRange range) {
      this(
          op,
          left,
          right,
          bool,
          matching,
          range,
          left.type() == ValueType.SCALAR && right.type() == ValueType.SCALAR
              ? ValueType.SCALAR
              : ValueType.VECTOR);
    }

    public Binary withOperands(Expr newLeft, Expr newRight) {
      return new Binary(op, newLeft, newRight, bool, matching, range);
    }

    public Binary withMatching(@Nullable VectorMatching newMatching) {
      return new Binary(op, left, right, bool, newMatching, range);
    }

    @Override
    public String toString() {
      return Printer.print(this);
    }
  }

  /// @param without true for a `without` clause, even an empty one
  record Aggregation(
      AggregateOp op,
      @Nullable Expr param,
      Expr inner,
      List<String> grouping,
      boolean without,
      TextRange range)
      implements Expr {
    public Aggregation {
      grouping = List.copyOf(grouping);
    }

    public Aggregation withOperands(@Nullable Expr newParam, Expr newInner) {
      return new Aggregation(op, newParam, newInner, grouping, without, range);
    }

    @Override
    public ValueType type() {
      return ValueType.VECTOR;
    }

    @Override
    public String toString() {
      return Printer.print(this);
    }
  }

  record Call(Function function, List<Expr> args, TextRange range) implements Expr {
    public Call {
      args = List.copyOf(args);
    }

    @Override
    public ValueType type() {
      return function.returns();
    }

    @Override
    public String toString() {
      return Printer.print(this);
    }
  }

  /// @param name the metric name outside the braces, empty for none; it is among the matchers, too
  record VectorSelector(
      String name,
      List<Matcher> matchers,
      @Nullable DurationExpr offset,
      @Nullable At at,
      RangeMode mode,
      TextRange range)
      implements Expr {
    public VectorSelector {
      matchers = List.copyOf(matchers);
    }

    public VectorSelector withOffset(DurationExpr newOffset, TextRange newRange) {
      return new VectorSelector(name, matchers, newOffset, at, mode, newRange);
    }

    public VectorSelector withAt(At newAt, TextRange newRange) {
      return new VectorSelector(name, matchers, offset, newAt, mode, newRange);
    }

    public VectorSelector withMode(RangeMode newMode, TextRange newRange) {
      return new VectorSelector(name, matchers, offset, at, newMode, newRange);
    }

    @Override
    public ValueType type() {
      return ValueType.VECTOR;
    }

    @Override
    public String toString() {
      return Printer.print(this);
    }
  }

  /// `selector[width]`; offset, `@` and mode are those of the selector.
  record MatrixSelector(VectorSelector selector, DurationExpr width, TextRange range)
      implements Expr {
    @Override
    public ValueType type() {
      return ValueType.MATRIX;
    }

    @Override
    public String toString() {
      return Printer.print(this);
    }
  }

  /// `inner[width:step]`.
  ///
  /// @param step null where none is written
  record Subquery(
      Expr inner,
      DurationExpr width,
      @Nullable DurationExpr step,
      @Nullable DurationExpr offset,
      @Nullable At at,
      TextRange range)
      implements Expr {
    public Subquery withInner(Expr newInner) {
      return new Subquery(newInner, width, step, offset, at, range);
    }

    public Subquery withOffset(DurationExpr newOffset, TextRange newRange) {
      return new Subquery(inner, width, step, newOffset, at, newRange);
    }

    public Subquery withAt(At newAt, TextRange newRange) {
      return new Subquery(inner, width, step, offset, newAt, newRange);
    }

    @Override
    public ValueType type() {
      return ValueType.MATRIX;
    }

    @Override
    public String toString() {
      return Printer.print(this);
    }
  }

  /// The expression without parentheses around it.
  static Expr unwrap(Expr e) {
    Expr at = e;
    while (at instanceof Paren p) {
      at = p.inner();
    }
    return at;
  }
}
