package io.lamella.promql.exec.binary;

import io.lamella.model.Histogram;
import io.lamella.promql.ast.BinaryOp;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.DuplicateLabels;
import io.lamella.promql.exec.MetricNames;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.ScalarOperator;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import org.jspecify.annotations.Nullable;

/// An operator between a vector and a scalar, on either side; a comparison keeps the vector's
/// elements.
public final class VectorScalarBinary implements SeriesOperator {
  /// The operator with its modifier.
  ///
  /// @param bool true where a comparison gives 0 or 1
  public record Operation(BinaryOp op, boolean bool, boolean scalarLeft, TextRange place) {}

  private final QueryRun run;
  private final SeriesOperator vector;
  private final ScalarOperator scalar;
  private final BinaryOp op;
  private final boolean bool;
  private final boolean scalarLeft;
  private final ElementOperator element;
  private final boolean dropsName;
  private final @Nullable DuplicateLabels duplicates;

  public VectorScalarBinary(
      QueryRun run, SeriesOperator vector, ScalarOperator scalar, Operation operation, int steps) {
    this.run = run;
    this.vector = vector;
    this.scalar = scalar;
    this.op = operation.op();
    this.bool = operation.bool();
    this.scalarLeft = operation.scalarLeft();
    this.element = new ElementOperator(op, run.annotations(), operation.place(), steps);
    this.dropsName = bool || !op.isComparison() && !op.isTrim();
    this.duplicates = dropsName && !run.delaysNames() ? new DuplicateLabels(run.memory()) : null;
  }

  @Override
  public boolean next(StepSeries into) {
    double[] s = scalar.values();
    while (vector.next(into)) {
      run.tick();
      if (into.hasHistograms() || op.isTrim()) {
        mixed(into, s);
      } else {
        floats(into, s);
      }
      if (into.isEmpty()) {
        continue;
      }
      if (dropsName) {
        MetricNames.drop(run, into);
      }
      if (duplicates != null) {
        duplicates.checkSteps(into);
      }
      return true;
    }
    element.finish();
    return false;
  }

  private void floats(StepSeries into, double[] s) {
    double[] v = into.values();
    if (op.isComparison() && !bool) {
      filter(into, scalarLeft ? s : v, scalarLeft ? v : s);
      return;
    }
    for (int i = 0; i < into.steps(); i++) {
      if (!into.has(i)) {
        continue;
      }
      double a = scalarLeft ? s[i] : v[i];
      double b = scalarLeft ? v[i] : s[i];
      v[i] = bool ? FloatOperators.compare(op, a, b) ? 1 : 0 : FloatOperators.apply(op, a, b);
    }
  }

  /// Keeps the elements for which the comparison holds; they are floats.
  private void filter(StepSeries into, double[] a, double[] b) {
    long[] present = into.present();
    for (int w = 0; w < present.length; w++) {
      if (present[w] != 0) {
        int from = w << 6;
        present[w] &=
            FloatOperators.compare(op, a, b, from, Math.min(into.steps(), from + Long.SIZE));
      }
    }
  }

  private void mixed(StepSeries into, double[] s) {
    for (int i = 0; i < into.steps(); i++) {
      if (!into.has(i)) {
        continue;
      }
      Histogram h = into.histogram(i);
      double v = into.values()[i];
      boolean holds =
          scalarLeft ? element.apply(i, s[i], null, v, h) : element.apply(i, v, h, s[i], null);
      if (op.isComparison()) {
        if (bool && h == null) {
          into.set(i, holds ? 1 : 0);
        } else if (!holds) {
          into.unset(i);
        }
      } else if (!holds) {
        into.unset(i);
      } else {
        into.set(i, element.value, element.histogram);
      }
    }
  }

  @Override
  public boolean hasUniqueLabels() {
    return vector.hasUniqueLabels() && (!dropsName || run.delaysNames());
  }
}
