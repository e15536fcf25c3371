package io.lamella.promql.parse;

import io.lamella.model.Utf8Order;
import io.lamella.promql.ast.AggregateOp;
import io.lamella.promql.ast.BinaryOp;
import io.lamella.promql.ast.DurationExpr;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.Feature;
import io.lamella.promql.ast.Function;
import io.lamella.promql.ast.TextRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The parser: recursive descent with precedence climbing, one token of look-ahead, in time linear
/// in the text. It stops at the first error.
///
/// Nesting is limited to [#MAX_DEPTH] levels and the tree to [#MAX_LEVELS], of which each operator
/// of a chain is one. The caller provides a stack for as many, for this parser and for anything
/// that walks the tree later.
public final class Parser {
  /// The maximum nesting of expressions.
  public static final int MAX_DEPTH = 1000;

  /// The maximum height of a tree.
  public static final int MAX_LEVELS = 10_000;

  private static final int UNARY_OPERAND = BinaryOp.POW.precedence();

  private final Tokens tokens;
  private final Set<Feature> features;
  private final Modifiers modifiers;
  private int depth;
  private int levels;

  private Parser(String query, Set<Feature> features, LongConsumer regexMemory) {
    this.tokens = new Tokens(query, regexMemory);
    this.features = features;
    this.modifiers = new Modifiers(tokens, features);
  }

  /// The tree of a query, type-checked.
  ///
  /// @throws SyntaxError where it is not valid
  public static Expr parse(String query, Set<Feature> features) {
    return parse(query, features, _ -> {});
  }

  /// As above.
  ///
  /// @param regexMemory receives the bytes of each regular expression before it is compiled; may
  ///   refuse them with an exception
  public static Expr parse(String query, Set<Feature> features, LongConsumer regexMemory) {
    Parser p = new Parser(query, features, regexMemory);
    if (p.tokens.at(TokenType.END)) {
      throw new SyntaxError(query.isEmpty() ? -1 : 0, "no expression found in input");
    }
    Expr e = p.expression(0);
    if (!p.tokens.at(TokenType.END)) {
      throw p.tokens.unexpected();
    }
    return new TypeCheck(query).check(e);
  }

  private Expr expression(int minPrecedence) {
    enter(tokens.peek().start());
    if (++depth > MAX_DEPTH) {
      throw tooDeep(tokens.peek().start(), MAX_DEPTH);
    }
    Expr left = operand();
    int chain = 0;
    while (true) {
      Token t = tokens.peek();
      BinaryOp op = t.op();
      if (t.type() != TokenType.OPERATOR || op == null || op.precedence() < minPrecedence) {
        break;
      }
      tokens.take();
      BinaryModifiers m = new BinaryModifiers(tokens, features);
      m.parse();
      Expr right = expression(op.isRightAssociative() ? op.precedence() : op.precedence() + 1);
      TextRange range = new TextRange(left.range().start(), right.range().end());
      left = new Expr.Binary(op, left, right, m.bool(), m.matching(op), range);
      chain++;
      enter(t.start());
    }
    depth--;
    levels -= chain + 1;
    return left;
  }

  private void enter(int position) {
    if (++levels > MAX_LEVELS) {
      throw tooDeep(position, MAX_LEVELS);
    }
  }

  private static SyntaxError tooDeep(int position, int limit) {
    return new SyntaxError(
        position, "expression is nested too deeply, the limit is " + limit + " levels");
  }

  private Expr operand() {
    Token t = tokens.peek();
    if (t.op() == BinaryOp.ADD || t.op() == BinaryOp.SUB) {
      tokens.take();
      boolean minus = t.op() == BinaryOp.SUB;
      Expr inner = expression(UNARY_OPERAND);
      TextRange range = new TextRange(t.start(), inner.range().end());
      if (inner instanceof Expr.NumberLiteral n) {
        return new Expr.NumberLiteral(minus ? -n.value() : n.value(), n.duration(), range);
      }
      return new Expr.Unary(minus, inner, range);
    }
    Expr e = primary();
    while (true) {
      switch (tokens.peek().type()) {
        case LEFT_BRACKET -> e = modifiers.bracket(e);
        case OFFSET -> e = modifiers.offset(e);
        case AT -> e = modifiers.at(e);
        case ANCHORED, SMOOTHED -> e = modifiers.mode(e);
        default -> {
          return e;
        }
      }
    }
  }

  private Expr primary() {
    Token t = tokens.peek();
    switch (t.type()) {
      case NUMBER, DURATION -> {
        tokens.take();
        return new Expr.NumberLiteral(
            tokens.literalValue(t), t.type() == TokenType.DURATION, range(t));
      }
      case STRING -> {
        tokens.take();
        return new Expr.StringLiteral(Literals.unquote(t.text()), range(t));
      }
      case LEFT_PAREN -> {
        tokens.take();
        Expr inner = expression(0);
        Token close = tokens.expect(TokenType.RIGHT_PAREN);
        return new Expr.Paren(inner, new TextRange(t.start(), close.end()));
      }
      case LEFT_BRACE -> {
        return SelectorParser.parse(tokens, null);
      }
      default -> {
        if (!t.isMetricName()) {
          throw tokens.unexpected();
        }
        return name();
      }
    }
  }

  /// A word: the name of an aggregation, a function or a metric, depending on the next token.
  private Expr name() {
    Token t = tokens.take();
    TokenType next = tokens.peek().type();
    if (t.aggregate() != null
        && (next == TokenType.LEFT_PAREN || next == TokenType.BY || next == TokenType.WITHOUT)) {
      return aggregation(t, t.aggregate());
    }
    boolean callable =
        switch (t.type()) {
          case IDENTIFIER, START, END_WORD, STEP, RANGE, MIN_OF, MAX_OF -> true;
          default -> false;
        };
    if (callable && next == TokenType.LEFT_PAREN) {
      return call(t);
    }
    return SelectorParser.parse(tokens, t);
  }

  private Expr aggregation(Token t, AggregateOp op) {
    tokens.enterAggregation();
    @Nullable List<String> grouping = null;
    boolean without = false;
    if (!tokens.at(TokenType.LEFT_PAREN)) {
      without = tokens.take().type() == TokenType.WITHOUT;
      grouping = LabelLists.parse(tokens);
    }
    List<Expr> args = arguments();
    tokens.leaveAggregation();
    if (grouping == null && (tokens.at(TokenType.BY) || tokens.at(TokenType.WITHOUT))) {
      without = tokens.take().type() == TokenType.WITHOUT;
      grouping = LabelLists.parse(tokens);
    }
    TextRange range = new TextRange(t.start(), tokens.lastEnd());
    if (op.isExperimental() && !features.contains(Feature.EXPERIMENTAL_FUNCTIONS)) {
      throw new SyntaxError(
          t.start(),
          op.text()
              + "() is experimental and must be enabled with"
              + " --enable-feature=promql-experimental-functions");
    }
    if (args.isEmpty()) {
      throw new SyntaxError(t.start(), "no arguments for aggregate expression provided");
    }
    int expected = op.param() == AggregateOp.Param.NONE ? 1 : 2;
    if (args.size() != expected) {
      throw new SyntaxError(
          t.start(),
          "wrong number of arguments for aggregate expression provided, expected "
              + expected
              + ", got "
              + args.size());
    }
    return new Expr.Aggregation(
        op,
        expected == 2 ? args.getFirst() : null,
        args.getLast(),
        grouping == null ? List.of() : grouping,
        without,
        range);
  }

  private Expr call(Token t) {
    List<Expr> args = arguments();
    Function f = Function.named(t.text());
    if (f == null) {
      throw new SyntaxError(
          t.start(), "unknown function with name " + io.lamella.model.GoQuote.quote(t.text()));
    }
    if (f.isExperimental() && !features.contains(Feature.EXPERIMENTAL_FUNCTIONS)) {
      throw new SyntaxError(
          t.start(), "function " + io.lamella.model.GoQuote.quote(t.text()) + " is not enabled");
    }
    return new Expr.Call(f, args, new TextRange(t.start(), tokens.lastEnd()));
  }

  private List<Expr> arguments() {
    tokens.expect(TokenType.LEFT_PAREN);
    List<Expr> args = new ArrayList<>();
    if (tokens.at(TokenType.RIGHT_PAREN)) {
      tokens.take();
      return args;
    }
    args.add(expression(0));
    while (!tokens.at(TokenType.RIGHT_PAREN)) {
      Token comma = tokens.expect(TokenType.COMMA);
      if (!tokens.peek().startsExpression()) {
        throw new SyntaxError(comma.start(), "trailing commas not allowed in function call args");
      }
      args.add(expression(0));
    }
    tokens.take();
    return args;
  }

  private static TextRange range(Token t) {
    return new TextRange(t.start(), t.end());
  }

  /// True where a label name may be used: any text that is not empty and is well-formed Unicode.
  static boolean isLabelName(String s) {
    return !s.isEmpty() && Utf8Order.isValid(s);
  }

  static boolean isZero(DurationExpr d) {
    return d instanceof DurationExpr.Literal l && l.seconds() == 0;
  }
}
