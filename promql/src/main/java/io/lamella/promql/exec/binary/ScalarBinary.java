package io.lamella.promql.exec.binary;

import io.lamella.promql.ast.BinaryOp;
import io.lamella.promql.exec.EvaluationException;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.ScalarOperator;
import io.lamella.promql.exec.Steps;

/// An operator between two scalars.
public final class ScalarBinary {
  private ScalarBinary() {}

  public static ScalarOperator of(
      QueryRun run, BinaryOp op, ScalarOperator left, ScalarOperator right, Steps steps) {
    return ScalarOperator.lazily(
        run,
        steps,
        () -> {
          double[] a = left.values();
          double[] b = right.values();
          double[] out = new double[a.length];
          for (int i = 0; i < out.length; i++) {
            out[i] = apply(op, a[i], b[i]);
          }
          return out;
        });
  }

  static double apply(BinaryOp op, double a, double b) {
    if (op.isTrim()) {
      throw new EvaluationException.Failed(
          "operator \"" + op.text() + "\" not allowed for Scalar operations");
    }
    if (op.isComparison()) {
      return FloatOperators.compare(op, a, b) ? 1 : 0;
    }
    return FloatOperators.apply(op, a, b);
  }
}
