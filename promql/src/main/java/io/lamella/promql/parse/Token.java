package io.lamella.promql.parse;

import io.lamella.model.GoQuote;
import io.lamella.promql.ast.AggregateOp;
import io.lamella.promql.ast.BinaryOp;
import org.jspecify.annotations.Nullable;

/// A token with its position.
record Token(
    TokenType type,
    String text,
    int start,
    int end,
    @Nullable BinaryOp op,
    @Nullable AggregateOp aggregate) {

  /// The text in messages: `identifier "x"`, `<op:+>`, `"("`.
  String describe() {
    return switch (type.shown()) {
      case END -> "end of input";
      case OPERATOR -> "<op:" + text + ">";
      case AGGREGATOR -> "<aggr:" + text + ">";
      case KEYWORD -> "<" + text + ">";
      case QUOTED -> quoted();
      case NAMED -> type.noun() + " " + quoted();
    };
  }

  private String quoted() {
    boolean whole =
        type == TokenType.IDENTIFIER
            || type == TokenType.METRIC_IDENTIFIER
            || text.codePointCount(0, text.length()) <= 10;
    return whole
        ? GoQuote.quote(text)
        : GoQuote.quote(text.substring(0, text.offsetByCodePoints(0, 10))) + "...";
  }

  /// True for words that may be a metric name.
  boolean isMetricName() {
    return switch (type) {
      case IDENTIFIER,
          METRIC_IDENTIFIER,
          AGGREGATOR,
          BY,
          WITHOUT,
          OFFSET,
          ANCHORED,
          SMOOTHED,
          FILL,
          FILL_LEFT,
          FILL_RIGHT,
          START,
          END_WORD,
          STEP,
          RANGE,
          MIN_OF,
          MAX_OF ->
          true;
      case OPERATOR -> op == BinaryOp.AND || op == BinaryOp.OR || op == BinaryOp.UNLESS;
      default -> false;
    };
  }

  /// True for words that may stand in a list of labels.
  boolean isLabelName() {
    return switch (type) {
      case BOOL, ON, IGNORING, GROUP_LEFT, GROUP_RIGHT -> true;
      case OPERATOR -> op == BinaryOp.ATAN2 || isMetricName();
      default -> isMetricName();
    };
  }

  boolean startsExpression() {
    return switch (type) {
      case NUMBER, DURATION, STRING, LEFT_PAREN, LEFT_BRACE -> true;
      case OPERATOR -> op == BinaryOp.ADD || op == BinaryOp.SUB || isMetricName();
      default -> isMetricName();
    };
  }
}
