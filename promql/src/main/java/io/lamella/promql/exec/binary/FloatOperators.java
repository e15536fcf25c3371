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

  /// Compares the elements `[from, to)` of two columns, at most 64.
  ///
  /// @return bit i is set where the comparison holds for element `from \+ i`
  static long compare(BinaryOp op, double[] a, double[] b, int from, int to) {
    long out = 0;
    switch (op) {
      case EQL -> {
        for (int i = from; i < to; i++) {
          out |= (a[i] == b[i] ? 1L : 0L) << i - from;
        }
      }
      case NEQ -> {
        for (int i = from; i < to; i++) {
          out |= (a[i] != b[i] ? 1L : 0L) << i - from;
        }
      }
      case LTE -> {
        for (int i = from; i < to; i++) {
          out |= (a[i] <= b[i] ? 1L : 0L) << i - from;
        }
      }
      case LSS -> {
        for (int i = from; i < to; i++) {
          out |= (a[i] < b[i] ? 1L : 0L) << i - from;
        }
      }
      case GTE -> {
        for (int i = from; i < to; i++) {
          out |= (a[i] >= b[i] ? 1L : 0L) << i - from;
        }
      }
      case GTR -> {
        for (int i = from; i < to; i++) {
          out |= (a[i] > b[i] ? 1L : 0L) << i - from;
        }
      }
      case ADD, SUB, MUL, DIV, MOD, POW, ATAN2, TRIM_UPPER, TRIM_LOWER, AND, UNLESS, OR ->
          throw new IllegalArgumentException("no comparison: " + op.text());
    }
    return out;
  }
}
