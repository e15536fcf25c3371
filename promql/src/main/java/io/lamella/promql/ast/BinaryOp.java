package io.lamella.promql.ast;

/// The binary operators with their precedence, higher binds tighter.
public enum BinaryOp {
  POW("^", 6),
  MUL("*", 5),
  DIV("/", 5),
  MOD("%", 5),
  ATAN2("atan2", 5),
  ADD("+", 4),
  SUB("-", 4),
  EQL("==", 3),
  NEQ("!=", 3),
  LTE("<=", 3),
  LSS("<", 3),
  GTE(">=", 3),
  GTR(">", 3),
  TRIM_UPPER("</", 3),
  TRIM_LOWER(">/", 3),
  AND("and", 2),
  UNLESS("unless", 2),
  OR("or", 1);

  private final String text;
  private final int precedence;

  BinaryOp(String text, int precedence) {
    this.text = text;
    this.precedence = precedence;
  }

  public String text() {
    return text;
  }

  public int precedence() {
    return precedence;
  }

  public boolean isRightAssociative() {
    return this == POW;
  }

  /// True for the operators that duration expressions have, too.
  public boolean isArithmetic() {
    return switch (this) {
      case ADD, SUB, MUL, DIV, MOD, POW -> true;
      case ATAN2, EQL, NEQ, LTE, LSS, GTE, GTR, TRIM_UPPER, TRIM_LOWER, AND, UNLESS, OR -> false;
    };
  }

  public boolean isComparison() {
    return switch (this) {
      case EQL, NEQ, LTE, LSS, GTE, GTR -> true;
      case ADD, SUB, MUL, DIV, MOD, POW, ATAN2, TRIM_UPPER, TRIM_LOWER, AND, UNLESS, OR -> false;
    };
  }

  /// True for the operators that cut histograms; they have the precedence of comparisons.
  public boolean isTrim() {
    return this == TRIM_UPPER || this == TRIM_LOWER;
  }

  public boolean isSet() {
    return this == AND || this == OR || this == UNLESS;
  }
}
