package io.lamella.promql.parse;

import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The stream of tokens with one token of look-ahead, and the messages about unexpected tokens.
final class Tokens {
  /// The memory that all regular expressions of a query may take.
  private static final long MAX_REGEX_BYTES = 80_000_000;

  private final Lexer lexer;
  private @Nullable Token lookAhead;
  private int lastEnd;
  private int aggregations;
  private final LongConsumer regexMemory;
  private long regexBytes;

  /// @param regexMemory receives the bytes of each regular expression before it is compiled
  Tokens(String query, LongConsumer regexMemory) {
    this.lexer = new Lexer(query);
    this.regexMemory = regexMemory;
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
  void countRegex(Token at, String text, long bytes) {
    regexBytes += bytes;
    if (regexBytes > MAX_REGEX_BYTES) {
      throw new SyntaxError(
          at.start(), "error parsing regexp: expression too large: `" + text + "`");
    }
    if (bytes > 0) {
      regexMemory.accept(bytes);
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
