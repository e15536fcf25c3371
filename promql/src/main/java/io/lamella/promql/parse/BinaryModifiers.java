package io.lamella.promql.parse;

import io.lamella.promql.ast.BinaryOp;
import io.lamella.promql.ast.Feature;
import io.lamella.promql.ast.VectorMatching;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Parses the modifiers between a binary operator and its right operand: `bool`, `on`/`ignoring`,
/// `group_left`/`group_right`, `fill…`.
final class BinaryModifiers {
  private final Tokens tokens;
  private final Set<Feature> features;
  private boolean bool;
  private boolean on;
  private List<String> labels = List.of();
  private List<String> include = List.of();
  private VectorMatching.Cardinality cardinality = VectorMatching.Cardinality.ONE_TO_ONE;
  private @Nullable Double fillLeft;
  private @Nullable Double fillRight;

  BinaryModifiers(Tokens tokens, Set<Feature> features) {
    this.tokens = tokens;
    this.features = features;
  }

  void parse() {
    if (tokens.at(TokenType.BOOL)) {
      tokens.take();
      bool = true;
    }
    if (tokens.at(TokenType.ON) || tokens.at(TokenType.IGNORING)) {
      on = tokens.take().type() == TokenType.ON;
      labels = LabelLists.parse(tokens);
      if (tokens.at(TokenType.GROUP_LEFT) || tokens.at(TokenType.GROUP_RIGHT)) {
        cardinality =
            tokens.take().type() == TokenType.GROUP_LEFT
                ? VectorMatching.Cardinality.MANY_TO_ONE
                : VectorMatching.Cardinality.ONE_TO_MANY;
        include = groupLabels();
      }
    }
    fill();
  }

  /// The list after `group_left` is optional, and a parenthesis always starts it; where there is
  /// none, the next token decides.
  private List<String> groupLabels() {
    if (tokens.at(TokenType.LEFT_PAREN)) {
      return LabelLists.parse(tokens);
    }
    if (!tokens.peek().startsExpression()) {
      throw tokens.unexpected("grouping opts", "\"(\"");
    }
    return List.of();
  }

  private void fill() {
    Token first = tokens.peek();
    switch (first.type()) {
      case FILL -> {
        Double v = fillValue();
        fillLeft = v;
        fillRight = v;
      }
      case FILL_LEFT -> {
        fillLeft = fillValue();
        if (tokens.at(TokenType.FILL_RIGHT)) {
          fillRight = fillValue();
        }
      }
      case FILL_RIGHT -> {
        fillRight = fillValue();
        if (tokens.at(TokenType.FILL_LEFT)) {
          fillLeft = fillValue();
        }
      }
      default -> {
        return;
      }
    }
    if (!features.contains(Feature.BINOP_FILL_MODIFIERS)) {
      throw new SyntaxError(first.start(), "binop fill modifiers are experimental and not enabled");
    }
  }

  private Double fillValue() {
    tokens.take();
    tokens.expect(TokenType.LEFT_PAREN);
    double sign = 1;
    BinaryOp op = tokens.peek().op();
    if (op == BinaryOp.ADD || op == BinaryOp.SUB) {
      tokens.take();
      sign = op == BinaryOp.SUB ? -1 : 1;
    }
    if (!tokens.at(TokenType.NUMBER) && !tokens.at(TokenType.DURATION)) {
      throw tokens.unexpected();
    }
    double v = tokens.literalValue(tokens.take());
    tokens.expect(TokenType.RIGHT_PAREN);
    return sign * v;
  }

  boolean bool() {
    return bool;
  }

  VectorMatching matching(BinaryOp op) {
    VectorMatching.Cardinality c =
        op.isSet() && cardinality == VectorMatching.Cardinality.ONE_TO_ONE
            ? VectorMatching.Cardinality.MANY_TO_MANY
            : cardinality;
    return new VectorMatching(c, on, labels, include, fillLeft, fillRight);
  }
}
