package io.lamella.promql.parse;

import io.lamella.model.GoQuote;
import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.promql.ast.AggregateOp;
import io.lamella.promql.ast.BinaryOp;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.Function;
import io.lamella.promql.ast.ValueType;
import io.lamella.promql.ast.VectorFunction;
import io.lamella.promql.ast.VectorMatching;
import java.util.List;

/// Checks what the grammar does not: types of operands and arguments, matching clauses, selectors
/// that match everything. Inner errors come before outer ones, as far as types allow.
final class TypeCheck {
  private final String query;

  TypeCheck(String query) {
    this.query = query;
  }

  /// The checked tree, without the matching clauses of scalar operations.
  Expr check(Expr e) {
    return switch (e) {
      case Expr.NumberLiteral n -> n;
      case Expr.StringLiteral s -> s;
      case Expr.Paren p -> new Expr.Paren(check(p.inner()), p.range());
      case Expr.Unary u -> unary(u);
      case Expr.Binary b -> binary(b);
      case Expr.Aggregation a -> aggregation(a);
      case Expr.Call c -> call(c);
      case Expr.VectorSelector v -> selector(v);
      case Expr.MatrixSelector m -> {
        selector(m.selector());
        yield m;
      }
      case Expr.Subquery s -> {
        Expr inner = check(s.inner());
        if (inner.type() != ValueType.VECTOR) {
          throw error(
              s,
              "subquery is only allowed on instant vector, got "
                  + inner.type().apiName()
                  + " instead");
        }
        yield s.withInner(inner);
      }
    };
  }

  private Expr unary(Expr.Unary u) {
    Expr inner = check(u.inner());
    if (!isOperand(inner)) {
      throw error(
          u,
          "unary expression only allowed on expressions of type scalar or instant vector, got "
              + GoQuote.quote(inner.type().documented()));
    }
    return new Expr.Unary(u.minus(), inner, u.range());
  }

  private Expr binary(Expr.Binary b) {
    Expr left = check(b.left());
    Expr right = check(b.right());
    BinaryOp op = b.op();
    boolean scalars = left.type() == ValueType.SCALAR && right.type() == ValueType.SCALAR;
    if (b.bool() && !op.isComparison()) {
      throw new SyntaxError(
          operatorPosition(b), "bool modifier can only be used on comparison operators");
    }
    if (op.isComparison() && !b.bool() && scalars) {
      throw new SyntaxError(
          operatorPosition(b), "comparisons between scalars must use BOOL modifier");
    }
    VectorMatching m = b.matching();
    if (m == null) {
      return b;
    }
    if (m.on()) {
      for (String label : m.labels()) {
        if (m.include().contains(label)) {
          throw new SyntaxError(
              operatorPosition(b),
              "label " + GoQuote.quote(label) + " must not occur in ON and GROUP clause at once");
        }
      }
    }
    if (!isOperand(left)) {
      throw error(left, "binary expression must contain only scalar and instant vector types");
    }
    if (!isOperand(right)) {
      throw error(right, "binary expression must contain only scalar and instant vector types");
    }
    boolean vectors = left.type() == ValueType.VECTOR && right.type() == ValueType.VECTOR;
    if (!vectors) {
      if (!m.labels().isEmpty()) {
        throw error(b, "vector matching only allowed between instant vectors");
      }
      if (m.fills()) {
        throw error(b, "filling in missing series only allowed between instant vectors");
      }
    }
    if (op.isSet()) {
      setOperator(b, m, vectors);
    }
    return b.withOperands(left, right).withMatching(vectors ? m : null);
  }

  private static void setOperator(Expr.Binary b, VectorMatching m, boolean vectors) {
    if (!vectors) {
      throw error(
          b,
          "set operator "
              + GoQuote.quote(b.op().text())
              + " not allowed in binary scalar expression");
    }
    if (m.cardinality() != VectorMatching.Cardinality.MANY_TO_MANY) {
      throw error(b, "no grouping allowed for " + GoQuote.quote(b.op().text()) + " operation");
    }
    if (m.fills()) {
      throw error(b, "filling in missing series not allowed for set operators");
    }
  }

  /// The position of the operator: the first character after the left operand that is not a space.
  private int operatorPosition(Expr.Binary b) {
    int i = b.left().range().end();
    while (i < query.length() && Lexer.isSpace(query.charAt(i))) {
      i++;
    }
    return i;
  }

  private static boolean isOperand(Expr e) {
    return e.type() == ValueType.SCALAR || e.type() == ValueType.VECTOR;
  }

  private Expr aggregation(Expr.Aggregation a) {
    Expr inner = expect(a.inner(), ValueType.VECTOR, "aggregation expression");
    Expr param = a.param();
    if (param != null) {
      ValueType want =
          a.op().param() == AggregateOp.Param.STRING ? ValueType.STRING : ValueType.SCALAR;
      param = expect(param, want, "aggregation parameter");
    }
    return a.withOperands(param, inner);
  }

  private Expr call(Expr.Call c) {
    Function f = c.function();
    List<ValueType> types = f.arguments();
    int got = c.args().size();
    if (f.variadic() == 0) {
      if (got != types.size()) {
        throw count(c, "expected " + types.size());
      }
    } else {
      int min = types.size() - 1;
      if (got < min) {
        throw count(c, "expected at least " + min);
      }
      if (f.variadic() > 0 && got > min + f.variadic()) {
        throw count(c, "expected at most " + (min + f.variadic()));
      }
    }
    if (f == VectorFunction.INFO && got > 1) {
      infoSelector(c, c.args().get(1));
    }
    Expr[] args = new Expr[got];
    for (int i = 0; i < got; i++) {
      Expr arg = c.args().get(i);
      ValueType want = types.get(Math.min(i, types.size() - 1));
      boolean isInfoSelector = f == VectorFunction.INFO && i == 1;
      args[i] =
          isInfoSelector ? arg : expect(arg, want, "call to function " + GoQuote.quote(f.text()));
    }
    return new Expr.Call(f, List.of(args), c.range());
  }

  private static void infoSelector(Expr.Call c, Expr arg) {
    if (arg.type() != ValueType.VECTOR) {
      throw error(
          c,
          "expected type instant vector in call to function \"info\", got "
              + arg.type().documented());
    }
    if (!(arg instanceof Expr.VectorSelector v)) {
      throw error(arg, "expected label selectors only");
    }
    if (!v.name().isEmpty()) {
      throw error(v, "expected label selectors only, got vector selector instead");
    }
  }

  private static SyntaxError count(Expr.Call c, String expected) {
    return error(
        c,
        expected
            + " argument(s) in call to "
            + GoQuote.quote(c.function().text())
            + ", got "
            + c.args().size());
  }

  private static Expr selector(Expr.VectorSelector v) {
    if (!v.name().isEmpty()) {
      for (Matcher m : v.matchers().subList(0, v.matchers().size() - 1)) {
        if (m.name().equals(Labels.METRIC_NAME)) {
          throw error(
              v,
              "metric name must not be set twice: "
                  + GoQuote.quote(v.name())
                  + " or "
                  + GoQuote.quote(m.value()));
        }
      }
    } else if (v.matchers().stream().allMatch(Matcher::matchesEmpty)) {
      throw error(v, "vector selector must contain at least one non-empty matcher");
    }
    return v;
  }

  private Expr expect(Expr e, ValueType want, String context) {
    Expr checked = check(e);
    if (checked.type() != want) {
      throw error(
          e,
          "expected type "
              + want.documented()
              + " in "
              + context
              + ", got "
              + checked.type().documented());
    }
    return checked;
  }

  private static SyntaxError error(Expr e, String message) {
    return new SyntaxError(e.range().start(), message);
  }
}
