package io.lamella.promql.parse;

import io.lamella.model.InvalidRegexException;
import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.promql.ast.BinaryOp;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.RangeMode;
import io.lamella.promql.ast.TextRange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An instant selector: a name, braces with matchers, or both.
final class SelectorParser {
  private static final String CONTEXT = "label matching";

  private SelectorParser() {}

  /// @param name the token of the name outside the braces, already taken
  static Expr parse(Tokens tokens, @Nullable Token name) {
    int start = name == null ? tokens.peek().start() : name.start();
    List<Matcher> matchers = new ArrayList<>();
    if (tokens.at(TokenType.LEFT_BRACE)) {
      tokens.take();
      braces(tokens, matchers);
    }
    if (name != null) {
      matchers.add(Matcher.equal(Labels.METRIC_NAME, name.text()));
    }
    return new Expr.VectorSelector(
        name == null ? "" : name.text(),
        matchers,
        null,
        null,
        RangeMode.PLAIN,
        new TextRange(start, tokens.lastEnd()));
  }

  private static void braces(Tokens tokens, List<Matcher> out) {
    while (!tokens.at(TokenType.RIGHT_BRACE)) {
      Token t = tokens.peek();
      if (t.type() != TokenType.IDENTIFIER && t.type() != TokenType.STRING) {
        throw tokens.unexpected(CONTEXT, "identifier or \"}\"");
      }
      tokens.take();
      out.add(matcher(tokens, t));
      if (tokens.at(TokenType.COMMA)) {
        tokens.take();
      } else if (!tokens.at(TokenType.RIGHT_BRACE)) {
        throw tokens.unexpected(CONTEXT, "\",\" or \"}\"");
      }
    }
    tokens.take();
  }

  private static Matcher matcher(Tokens tokens, Token t) {
    boolean quoted = t.type() == TokenType.STRING;
    String name = quoted ? Literals.unquote(t.text()) : t.text();
    Matcher.Type type = matchType(tokens.peek());
    if (type == null) {
      if (!quoted) {
        throw tokens.unexpected(CONTEXT, "label matching operator");
      }
      return Matcher.equal(Labels.METRIC_NAME, name);
    }
    tokens.take();
    Token value = tokens.expect(TokenType.STRING, CONTEXT, "string");
    String text = Literals.unquote(value.text());
    try {
      tokens.countRegex(t, text, Matcher.programBytes(type, text));
      return Matcher.of(type, name, text);
    } catch (InvalidRegexException e) {
      throw new SyntaxError(t.start(), e.text());
    }
  }

  private static Matcher.@Nullable Type matchType(Token t) {
    return switch (t.type()) {
      case ASSIGN -> Matcher.Type.EQUAL;
      case REGEX_EQUAL -> Matcher.Type.REGEX;
      case REGEX_NOT_EQUAL -> Matcher.Type.NOT_REGEX;
      case OPERATOR -> t.op() == BinaryOp.NEQ ? Matcher.Type.NOT_EQUAL : null;
      default -> null;
    };
  }
}
