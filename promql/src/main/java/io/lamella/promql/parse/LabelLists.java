package io.lamella.promql.parse;

import io.lamella.model.GoQuote;
import java.util.ArrayList;
import java.util.List;

/// Parses lists of labels in parentheses, as after `by`, `on` and `group_left`.
final class LabelLists {
  private static final String CONTEXT = "grouping opts";

  private LabelLists() {}

  static List<String> parse(Tokens tokens) {
    tokens.expect(TokenType.LEFT_PAREN, CONTEXT, "\"(\"");
    List<String> out = new ArrayList<>();
    while (!tokens.at(TokenType.RIGHT_PAREN)) {
      out.add(label(tokens));
      if (tokens.at(TokenType.COMMA)) {
        tokens.take();
      } else if (!tokens.at(TokenType.RIGHT_PAREN)) {
        throw tokens.unexpected(CONTEXT, "\",\" or \")\"");
      }
    }
    tokens.take();
    return out;
  }

  private static String label(Tokens tokens) {
    Token t = tokens.peek();
    if (t.type() == TokenType.STRING) {
      String name = Literals.unquote(t.text());
      if (!Parser.isLabelName(name)) {
        throw new SyntaxError(t.start(), "invalid label name for grouping: " + GoQuote.quote(name));
      }
      tokens.take();
      return name;
    }
    if (!t.isLabelName()) {
      throw tokens.unexpected(CONTEXT, "label");
    }
    tokens.take();
    return t.text();
  }
}
