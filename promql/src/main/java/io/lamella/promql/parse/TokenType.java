package io.lamella.promql.parse;

/// The kinds of tokens, and their text in messages.
enum TokenType {
  END(Shown.END),
  IDENTIFIER(Shown.NAMED, "identifier"),
  METRIC_IDENTIFIER(Shown.NAMED, "metric identifier"),
  NUMBER(Shown.NAMED, "number"),
  DURATION(Shown.NAMED, "duration"),
  STRING(Shown.NAMED, "string"),
  LEFT_PAREN(Shown.QUOTED),
  RIGHT_PAREN(Shown.QUOTED),
  LEFT_BRACE(Shown.QUOTED),
  RIGHT_BRACE(Shown.QUOTED),
  LEFT_BRACKET(Shown.QUOTED),
  RIGHT_BRACKET(Shown.QUOTED),
  COMMA(Shown.QUOTED),
  COLON(Shown.QUOTED),
  ASSIGN(Shown.QUOTED),
  REGEX_EQUAL(Shown.OPERATOR),
  REGEX_NOT_EQUAL(Shown.OPERATOR),
  AT(Shown.OPERATOR),
  OPERATOR(Shown.OPERATOR),
  AGGREGATOR(Shown.AGGREGATOR),
  BOOL(Shown.KEYWORD),
  BY(Shown.KEYWORD),
  WITHOUT(Shown.KEYWORD),
  ON(Shown.KEYWORD),
  IGNORING(Shown.KEYWORD),
  GROUP_LEFT(Shown.KEYWORD),
  GROUP_RIGHT(Shown.KEYWORD),
  OFFSET(Shown.KEYWORD),
  ANCHORED(Shown.KEYWORD),
  SMOOTHED(Shown.KEYWORD),
  FILL(Shown.KEYWORD),
  FILL_LEFT(Shown.KEYWORD),
  FILL_RIGHT(Shown.KEYWORD),
  START(Shown.QUOTED),
  END_WORD(Shown.QUOTED),
  STEP(Shown.QUOTED),
  RANGE(Shown.QUOTED),
  MIN_OF(Shown.QUOTED),
  MAX_OF(Shown.QUOTED);

  /// How a token is shown in messages.
  enum Shown {
    END,
    NAMED,
    QUOTED,
    OPERATOR,
    AGGREGATOR,
    KEYWORD
  }

  private final Shown shown;
  private final String noun;

  TokenType(Shown shown) {
    this(shown, "");
  }

  TokenType(Shown shown, String noun) {
    this.shown = shown;
    this.noun = noun;
  }

  Shown shown() {
    return shown;
  }

  String noun() {
    return noun;
  }
}
