package io.lamella.promql.exec.binary;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.HistogramSum;
import io.lamella.model.HistogramTrim;
import io.lamella.promql.ast.BinaryOp;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.Annotations;
import org.jspecify.annotations.Nullable;

/// A binary operator on two elements, floats or histograms in any combination. Reused for all
/// elements; the fields have the result of the last one.
final class ElementOperator {
  private final BinaryOp op;
  private final Annotations annotations;
  private final TextRange place;

  /// The annotation of each step; the last one of a step replaces the others.
  private @Nullable Message @Nullable [] messages;

  private final int steps;

  private record Message(boolean isInfo, String text) {}

  /// True where the two elements cannot be combined.
  boolean impossible;

  double value;
  @Nullable Histogram histogram;

  ElementOperator(BinaryOp op, Annotations annotations, TextRange place, int steps) {
    this.op = op;
    this.annotations = annotations;
    this.place = place;
    this.steps = steps;
  }

  /// Combines two elements; false where there is no result or a comparison does not hold. A
  /// comparison's value is the left element.
  boolean apply(int step, double a, @Nullable Histogram ha, double b, @Nullable Histogram hb) {
    histogram = null;
    impossible = false;
    if (ha == null && hb == null) {
      if (op.isTrim()) {
        return incompatible(step, "float", "float");
      }
      if (op.isComparison()) {
        value = a;
        return FloatOperators.compare(op, a, b);
      }
      value = FloatOperators.apply(op, a, b);
      return true;
    }
    if (ha != null && hb != null) {
      return histograms(step, ha, hb);
    }
    if (ha != null) {
      return histogramFloat(step, ha, b);
    }
    if (op == BinaryOp.MUL && hb != null) {
      return result(new HistogramSum(hb).scale(a).toHistogram());
    }
    return incompatible(step, "float", "histogram");
  }

  private boolean histogramFloat(int step, Histogram h, double b) {
    return switch (op) {
      case MUL -> result(new HistogramSum(h).scale(b).toHistogram());
      case DIV -> result(new HistogramSum(h).divide(b).toHistogram());
      case TRIM_UPPER -> result(HistogramTrim.below(h, b));
      case TRIM_LOWER -> result(HistogramTrim.above(h, b));
      case ADD, SUB, MOD, POW, ATAN2, EQL, NEQ, LTE, LSS, GTE, GTR, AND, UNLESS, OR ->
          incompatible(step, "histogram", "float");
    };
  }

  private boolean histograms(int step, Histogram a, Histogram b) {
    return switch (op) {
      case EQL -> compare(a, b, true);
      case NEQ -> compare(a, b, false);
      case ADD -> add(step, a, b);
      case SUB -> subtract(step, a, b);
      case MUL, DIV, MOD, POW, ATAN2, LTE, LSS, GTE, GTR, TRIM_UPPER, TRIM_LOWER, AND, UNLESS, OR ->
          incompatible(step, "histogram", "histogram");
    };
  }

  private boolean compare(Histogram a, Histogram b, boolean equal) {
    histogram = a;
    value = a.sum();
    return equal
        == a.withCounterReset(CounterReset.UNKNOWN)
            .equals(b.withCounterReset(CounterReset.UNKNOWN));
  }

  private boolean add(int step, Histogram a, Histogram b) {
    HistogramSum sum = HistogramSum.plain(a);
    if (!sum.fits(b)) {
      return incompatibleBuckets(step);
    }
    sum.add(b);
    return summed(step, sum, "addition");
  }

  private boolean subtract(int step, Histogram a, Histogram b) {
    HistogramSum sum = HistogramSum.plain(a);
    if (!sum.fits(b)) {
      return incompatibleBuckets(step);
    }
    sum.subtract(b);
    return summed(step, sum, "subtraction");
  }

  private boolean incompatibleBuckets(int step) {
    warn(step, "incompatible bucket layout encountered for binary operator " + op.text());
    impossible = true;
    return false;
  }

  private boolean summed(int step, HistogramSum sum, String what) {
    if (sum.resetsCollide()) {
      warn(step, "conflicting counter resets during histogram " + what);
      impossible = true;
      return false;
    }
    if (sum.reconciled()) {
      inform(step, "mismatched custom buckets were reconciled during " + what);
    }
    return result(sum.toHistogram());
  }

  private boolean result(Histogram h) {
    histogram = h;
    value = h.sum();
    return true;
  }

  private boolean incompatible(int step, String left, String right) {
    impossible = true;
    inform(
        step,
        "incompatible sample types encountered for binary operator \""
            + op.text()
            + "\": "
            + left
            + " "
            + op.text()
            + " "
            + right);
    return false;
  }

  private void inform(int step, String text) {
    note(step, new Message(true, text));
  }

  private void warn(int step, String text) {
    note(step, new Message(false, text));
  }

  private void note(int step, Message m) {
    @Nullable Message[] all = messages;
    if (all == null) {
      all = new Message[steps];
      messages = all;
    }
    all[step] = m;
  }

  /// Adds the annotations, after all elements.
  void finish() {
    if (messages == null) {
      return;
    }
    for (Message m : messages) {
      if (m == null) {
        continue;
      }
      if (m.isInfo) {
        annotations.info(place, m.text);
      } else {
        annotations.warn(place, m.text);
      }
    }
  }
}
