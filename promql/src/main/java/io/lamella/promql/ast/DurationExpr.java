package io.lamella.promql.ast;

/// A length of time as written in brackets and after `offset`: literals and arithmetic on them.
public sealed interface DurationExpr {
  TextRange range();

  /// A number of seconds; `unit` is true where it was written with units (`5m`), false for a plain
  /// number.
  record Literal(double seconds, boolean unit, TextRange range) implements DurationExpr {
    /// Rounded to nanoseconds, then cut to milliseconds. NaN is the least number of nanoseconds, as
    /// Go converts it: no sample is that far away.
    public long millis() {
      long nanos = Double.isNaN(seconds) ? Long.MIN_VALUE : Math.round(seconds * 1e9);
      return nanos / 1_000_000;
    }
  }

  record Step(TextRange range) implements DurationExpr {}

  record QueryRange(TextRange range) implements DurationExpr {}

  record Negate(DurationExpr inner, TextRange range) implements DurationExpr {}

  /// A plus before a whole offset, `offset +step()`; elsewhere the parser drops it.
  record Plus(DurationExpr inner, TextRange range) implements DurationExpr {}

  record Parenthesized(DurationExpr inner, TextRange range) implements DurationExpr {
    /// The expression inside all parentheses.
    public DurationExpr core() {
      DurationExpr d = inner;
      while (d instanceof Parenthesized p) {
        d = p.inner;
      }
      return d;
    }
  }

  record Arithmetic(BinaryOp op, DurationExpr left, DurationExpr right, TextRange range)
      implements DurationExpr {}

  record Extreme(boolean max, DurationExpr left, DurationExpr right, TextRange range)
      implements DurationExpr {}
}
