package io.lamella.promql.parse;

import io.lamella.promql.ast.BinaryOp;
import io.lamella.promql.ast.DurationExpr;
import io.lamella.promql.ast.TextRange;

/// Parses duration expressions: any arithmetic in brackets, mostly one term after `offset`.
final class DurationParser {
  private static final String OFFSET_EXPECTED = "number, duration, step(), or range()";
  private static final double MAX_SECONDS = 0x1p63 / 1e9;

  private final Tokens tokens;
  private String context = "";
  private String expected = "";
  private int depth;

  DurationParser(Tokens tokens) {
    this.tokens = tokens;
  }

  /// A range or a subquery's step; a literal must be positive.
  DurationExpr inBrackets(String context, String expected) {
    this.context = context;
    this.expected = expected;
    DurationExpr d = expression(0);
    if (d instanceof DurationExpr.Literal l && l.seconds() <= 0) {
      throw new SyntaxError(l.range().start(), "duration must be greater than 0");
    }
    return d;
  }

  /// One term with at most one sign, so that `foo offset 5m * 2` is a product of samples. A
  /// parenthesis or a second sign at the start makes it a whole expression instead: in `foo offset
  /// (5m) * 2` the operator belongs to the offset.
  DurationExpr afterOffset() {
    this.context = "offset";
    this.expected = OFFSET_EXPECTED;
    Token t = tokens.peek();
    if (t.type() == TokenType.LEFT_PAREN) {
      return expression(0);
    }
    if (!isSign(t)) {
      return term();
    }
    tokens.take();
    if (isSign(tokens.peek())) {
      return binary(sign(t, expression(BinaryOp.POW.precedence())), 0);
    }
    DurationExpr inner = term();
    return t.op() == BinaryOp.ADD && !(inner instanceof DurationExpr.Literal)
        ? new DurationExpr.Plus(inner, inner.range())
        : sign(t, inner);
  }

  private static boolean isSign(Token t) {
    return t.op() == BinaryOp.ADD || t.op() == BinaryOp.SUB;
  }

  private static DurationExpr sign(Token t, DurationExpr inner) {
    boolean minus = t.op() == BinaryOp.SUB;
    TextRange range = new TextRange(t.start(), inner.range().end());
    if (inner instanceof DurationExpr.Literal l) {
      return new DurationExpr.Literal(minus ? -l.seconds() : l.seconds(), l.unit(), range);
    }
    return minus ? new DurationExpr.Negate(inner, range) : inner;
  }

  private DurationExpr expression(int minPrecedence) {
    enter(tokens.peek());
    DurationExpr result = binary(operand(), minPrecedence);
    depth--;
    return result;
  }

  /// Parses what follows a left operand, for operators of at least this precedence. Each operator
  /// is a level of the tree.
  private DurationExpr binary(DurationExpr first, int minPrecedence) {
    DurationExpr left = first;
    int chain = 0;
    while (true) {
      Token t = tokens.peek();
      BinaryOp op = t.op();
      if (op == null || !op.isArithmetic() || op.precedence() < minPrecedence) {
        depth -= chain;
        return left;
      }
      enter(t);
      chain++;
      tokens.take();
      DurationExpr right =
          expression(op.isRightAssociative() ? op.precedence() : op.precedence() + 1);
      if (op == BinaryOp.DIV && Parser.isZero(right)) {
        throw new SyntaxError(t.start(), "division by zero");
      }
      if (op == BinaryOp.MOD && Parser.isZero(right)) {
        throw new SyntaxError(t.start(), "modulo by zero");
      }
      left =
          new DurationExpr.Arithmetic(
              op, left, right, new TextRange(left.range().start(), right.range().end()));
    }
  }

  private void enter(Token t) {
    if (++depth > Parser.MAX_DEPTH) {
      throw new SyntaxError(
          t.start(),
          "expression is nested too deeply, the limit is " + Parser.MAX_DEPTH + " levels");
    }
  }

  private DurationExpr operand() {
    Token t = tokens.peek();
    if (isSign(t)) {
      tokens.take();
      return sign(t, expression(BinaryOp.POW.precedence()));
    }
    return term();
  }

  private DurationExpr term() {
    Token t = tokens.peek();
    switch (t.type()) {
      case NUMBER, DURATION -> {
        tokens.take();
        double seconds = tokens.literalValue(t);
        if (Math.abs(seconds) >= MAX_SECONDS) {
          throw new SyntaxError(t.start(), "duration out of range");
        }
        return new DurationExpr.Literal(
            seconds, t.type() == TokenType.DURATION, new TextRange(t.start(), t.end()));
      }
      case LEFT_PAREN -> {
        tokens.take();
        DurationExpr inner = expression(0);
        tokens.expect(TokenType.RIGHT_PAREN, context, expected);
        DurationExpr core = inner;
        while (core instanceof DurationExpr.Parenthesized p) {
          core = p.inner();
        }
        TextRange range =
            core instanceof DurationExpr.Literal
                ? new TextRange(t.start(), inner.range().end())
                : inner.range();
        return new DurationExpr.Parenthesized(inner, range);
      }
      case STEP, RANGE -> {
        tokens.take();
        tokens.expect(TokenType.LEFT_PAREN, context, expected);
        tokens.expect(TokenType.RIGHT_PAREN, context, expected);
        TextRange range = new TextRange(t.start(), tokens.lastEnd());
        return t.type() == TokenType.STEP
            ? new DurationExpr.Step(range)
            : new DurationExpr.QueryRange(range);
      }
      case MIN_OF, MAX_OF -> {
        tokens.take();
        tokens.expect(TokenType.LEFT_PAREN, context, expected);
        DurationExpr left = expression(0);
        tokens.expect(TokenType.COMMA, context, expected);
        DurationExpr right = expression(0);
        tokens.expect(TokenType.RIGHT_PAREN, context, expected);
        return new DurationExpr.Extreme(
            t.type() == TokenType.MAX_OF,
            left,
            right,
            new TextRange(left.range().start(), right.range().end()));
      }
      default -> throw tokens.unexpected(context, expected);
    }
  }
}
