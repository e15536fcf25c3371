package io.lamella.promql.exec.binary;

import io.lamella.promql.ast.BinaryOp;
import io.lamella.promql.exec.function.GoMath;

/// Binary operators on two floats.
final class FloatOperators {
  private FloatOperators() {}

  /// The value of an arithmetic operator.
  static double apply(BinaryOp op, double a, double b) {
    return switch (op) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case MOD -> a % b;
      case POW -> GoMath.pow(a, b);
      case ATAN2 -> GoMath.atan2(a, b);
      case EQL, NEQ, LTE, LSS, GTE, GTR, TRIM_UPPER, TRIM_LOWER, AND, UNLESS, OR ->
          throw new IllegalArgumentException("no arithmetic operator: " + op.text());
    };
  }

  static boolean compare(BinaryOp op, double a, double b) {
    return switch (op) {
      case EQL -> a == b;
      case NEQ -> a != b;
      case LTE -> a <= b;
      case LSS -> a < b;
      case GTE -> a >= b;
      case GTR -> a > b;
      case ADD, SUB, MUL, DIV, MOD, POW, ATAN2, TRIM_UPPER, TRIM_LOWER, AND, UNLESS, OR ->
          throw new IllegalArgumentException("no comparison: " + op.text());
    };
  }
}
