package io.lamella.promql.parse;

import org.jspecify.annotations.Nullable;

/// The stream of tokens with one token of look-ahead, and the messages about unexpected tokens.
final class Tokens {
  /// The instructions that all regular expressions of a query may compile to: about 70 MB.
  private static final long MAX_REGEX_INSTRUCTIONS = 1_000_000;

  private final Lexer lexer;
  private @Nullable Token lookAhead;
  private int lastEnd;
  private int aggregations;
  private long regexInstructions;

  Tokens(String query) {
    this.lexer = new Lexer(query);
  }

  Token peek() {
    Token t = lookAhead;
    if (t == null) {
      t = lexer.next();
      lookAhead = t;
    }
    return t;
  }

  Token take() {
    Token t = peek();
    lookAhead = null;
    lastEnd = t.end();
    return t;
  }

  boolean at(TokenType type) {
    return peek().type() == type;
  }

  Token expect(TokenType type) {
    if (!at(type)) {
      throw unexpected();
    }
    return take();
  }

  Token expect(TokenType type, String context, String expected) {
    if (!at(type)) {
      throw unexpected(context, expected);
    }
    return take();
  }

  /// The end of the token taken last.
  int lastEnd() {
    return lastEnd;
  }

  /// Counts a regular expression before it is compiled.
  void countRegex(Token at, String text, long instructions) {
    regexInstructions += instructions;
    if (regexInstructions > MAX_REGEX_INSTRUCTIONS) {
      throw new SyntaxError(
          at.start(), "error parsing regexp: expression too large: `" + text + "`");
    }
  }

  void enterAggregation() {
    aggregations++;
  }

  void leaveAggregation() {
    aggregations--;
  }

  SyntaxError unexpected() {
    return unexpected(aggregations > 0 ? "aggregation" : "", "");
  }

  SyntaxError unexpected(String context, String expected) {
    Token t = peek();
    StringBuilder out = new StringBuilder("unexpected ").append(t.describe());
    if (!context.isEmpty()) {
      out.append(" in ").append(context);
    }
    if (!expected.isEmpty()) {
      out.append(", expected ").append(expected);
    }
    return new SyntaxError(t.start(), out.toString());
  }

  /// The value of a number or duration token, durations in seconds.
  double literalValue(Token t) {
    try {
      return t.type() == TokenType.DURATION
          ? Literals.durationNanos(t.text()) / 1e9
          : Literals.number(t.text());
    } catch (Literals.BadLiteral e) {
      throw new SyntaxError(t.start(), e.text());
    }
  }
}
