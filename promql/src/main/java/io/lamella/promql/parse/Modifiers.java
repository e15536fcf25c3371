package io.lamella.promql.parse;

import io.lamella.promql.ast.At;
import io.lamella.promql.ast.BinaryOp;
import io.lamella.promql.ast.DurationExpr;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.Feature;
import io.lamella.promql.ast.RangeMode;
import io.lamella.promql.ast.TextRange;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Parses the modifiers after a selector: `[…]`, `offset`, `@`, `anchored`, `smoothed`.
final class Modifiers {
  private static final String PRECEDED =
      " modifier must be preceded by an instant vector selector or range vector selector or a"
          + " subquery";

  private final Tokens tokens;
  private final Set<Feature> features;
  private final DurationParser durations;

  Modifiers(Tokens tokens, Set<Feature> features) {
    this.tokens = tokens;
    this.features = features;
    this.durations = new DurationParser(tokens);
  }

  /// `[range]` or `[range:step]`.
  Expr bracket(Expr e) {
    Token open = tokens.take();
    DurationExpr width =
        durations.inBrackets("subquery or range selector", "number, duration, step(), or range()");
    if (tokens.at(TokenType.RIGHT_BRACKET)) {
      tokens.take();
      return matrix(e, open, width);
    }
    tokens.expect(TokenType.COLON, "subquery or range", "\":\" or \"]\"");
    @Nullable DurationExpr step = null;
    if (!tokens.at(TokenType.RIGHT_BRACKET)) {
      step =
          durations.inBrackets("subquery selector", "number, duration, step(), range(), or \"]\"");
      if (!tokens.at(TokenType.RIGHT_BRACKET)) {
        throw tokens.unexpected("subquery selector", "\"]\"");
      }
    }
    tokens.take();
    TextRange range = new TextRange(e.range().start(), tokens.lastEnd());
    return new Expr.Subquery(e, width, step, null, null, range);
  }

  private Expr matrix(Expr e, Token open, DurationExpr width) {
    if (!(e instanceof Expr.VectorSelector v)) {
      throw new SyntaxError(open.start(), "ranges only allowed for vector selectors");
    }
    if (v.offset() != null && !Parser.isZero(v.offset())) {
      throw new SyntaxError(open.start(), "no offset modifiers allowed before range");
    }
    if (v.at() != null) {
      throw new SyntaxError(open.start(), "no @ modifiers allowed before range");
    }
    TextRange range = new TextRange(v.range().start(), tokens.lastEnd());
    return new Expr.MatrixSelector(v, width, range);
  }

  Expr offset(Expr e) {
    tokens.take();
    DurationExpr offset = durations.afterOffset();
    TextRange range = new TextRange(e.range().start(), tokens.lastEnd());
    return switch (e) {
      case Expr.VectorSelector v -> withOffset(v, offset, range);
      case Expr.MatrixSelector m ->
          new Expr.MatrixSelector(
              withOffset(m.selector(), offset, m.selector().range()), m.width(), range);
      case Expr.Subquery s -> {
        checkOnce(s.offset(), s.range());
        yield s.withOffset(offset, range);
      }
      case Expr.NumberLiteral _,
          Expr.StringLiteral _,
          Expr.Paren _,
          Expr.Unary _,
          Expr.Binary _,
          Expr.Aggregation _,
          Expr.Call _ ->
          throw new SyntaxError(e.range().start(), "offset" + PRECEDED);
    };
  }

  private static Expr.VectorSelector withOffset(
      Expr.VectorSelector v, DurationExpr offset, TextRange range) {
    checkOnce(v.offset(), v.range());
    return v.withOffset(offset, range);
  }

  private static void checkOnce(@Nullable DurationExpr offset, TextRange range) {
    if (offset != null && !Parser.isZero(offset)) {
      throw new SyntaxError(range.start(), "offset may not be set multiple times");
    }
  }

  Expr at(Expr e) {
    tokens.take();
    At at = moment(e);
    TextRange range = new TextRange(e.range().start(), tokens.lastEnd());
    return switch (e) {
      case Expr.VectorSelector v -> withAt(v, at, range);
      case Expr.MatrixSelector m ->
          new Expr.MatrixSelector(withAt(m.selector(), at, m.selector().range()), m.width(), range);
      case Expr.Subquery s -> {
        checkOnce(s.at(), s.range());
        yield s.withAt(at, range);
      }
      case Expr.NumberLiteral _,
          Expr.StringLiteral _,
          Expr.Paren _,
          Expr.Unary _,
          Expr.Binary _,
          Expr.Aggregation _,
          Expr.Call _ ->
          throw new SyntaxError(e.range().start(), "@" + PRECEDED);
    };
  }

  private static Expr.VectorSelector withAt(Expr.VectorSelector v, At at, TextRange range) {
    checkOnce(v.at(), v.range());
    return v.withAt(at, range);
  }

  private static void checkOnce(@Nullable At at, TextRange range) {
    if (at != null) {
      throw new SyntaxError(range.start(), "@ <timestamp> may not be set multiple times");
    }
  }

  private At moment(Expr e) {
    Token t = tokens.peek();
    if (t.type() == TokenType.START || t.type() == TokenType.END_WORD) {
      tokens.take();
      tokens.expect(TokenType.LEFT_PAREN, "@", "timestamp");
      tokens.expect(TokenType.RIGHT_PAREN, "@", "timestamp");
      return t.type() == TokenType.START ? new At.Start() : new At.End();
    }
    double sign = 1;
    if (t.op() == BinaryOp.ADD || t.op() == BinaryOp.SUB) {
      tokens.take();
      sign = t.op() == BinaryOp.SUB ? -1 : 1;
    }
    if (!tokens.at(TokenType.NUMBER) && !tokens.at(TokenType.DURATION)) {
      throw tokens.unexpected("@", "timestamp");
    }
    double seconds = sign * tokens.literalValue(tokens.take());
    if (Double.isNaN(seconds) || Math.abs(seconds) >= 0x1p63) {
      String shown =
          Double.isNaN(seconds) || Double.isInfinite(seconds)
              ? io.lamella.promql.ast.Numbers.plain(seconds)
              : new java.math.BigDecimal(seconds)
                  .setScale(6, java.math.RoundingMode.HALF_EVEN)
                  .toPlainString();
      throw new SyntaxError(e.range().start(), "timestamp out of bounds for @ modifier: " + shown);
    }
    double millis = seconds * 1000;
    return new At.Time((long) (millis < 0 ? -Math.floor(-millis + 0.5) : Math.floor(millis + 0.5)));
  }

  Expr mode(Expr e) {
    Token t = tokens.take();
    RangeMode mode = t.type() == TokenType.ANCHORED ? RangeMode.ANCHORED : RangeMode.SMOOTHED;
    int start = e.range().start();
    if (!features.contains(Feature.EXTENDED_RANGE_SELECTORS)) {
      throw new SyntaxError(start, mode.text() + " modifier is experimental and not enabled");
    }
    TextRange range = new TextRange(start, tokens.lastEnd());
    return switch (e) {
      case Expr.VectorSelector v -> withMode(v, mode, range);
      case Expr.MatrixSelector m ->
          new Expr.MatrixSelector(
              withMode(m.selector(), mode, m.selector().range()), m.width(), range);
      case Expr.Subquery _ ->
          throw new SyntaxError(start, mode.text() + " modifier is not supported for subqueries");
      case Expr.NumberLiteral _,
          Expr.StringLiteral _,
          Expr.Paren _,
          Expr.Unary _,
          Expr.Binary _,
          Expr.Aggregation _,
          Expr.Call _ ->
          throw new SyntaxError(start, mode.text() + " modifier not implemented");
    };
  }

  private static Expr.VectorSelector withMode(
      Expr.VectorSelector v, RangeMode mode, TextRange range) {
    if (v.mode() != RangeMode.PLAIN && v.mode() != mode) {
      throw new SyntaxError(
          v.range().start(), "anchored and smoothed modifiers cannot be used together");
    }
    return v.withMode(mode, range);
  }
}
