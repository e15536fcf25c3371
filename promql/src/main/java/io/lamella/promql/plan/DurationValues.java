package io.lamella.promql.plan;

import io.lamella.promql.ast.DurationExpr;

/// Computes duration expressions: in seconds as floats, then truncated to milliseconds.
///
/// @param stepMillis the query's step, 0 for an instant query
/// @param rangeMillis end less start
public record DurationValues(long stepMillis, long rangeMillis) {
  private static final double MAX_SECONDS = 0x1p63 / 1e9;

  /// A range or a subquery's step.
  ///
  /// @throws InvalidDurationException where it is not positive, not finite or out of range
  public long positiveMillis(DurationExpr d) {
    double seconds = checked(d);
    if (!(seconds > 0)) {
      throw fail(d, "duration must be greater than 0");
    }
    return millis(d, seconds);
  }

  /// An offset, of any sign.
  ///
  /// @throws InvalidDurationException where it is not finite or out of range
  public long millis(DurationExpr d) {
    return d instanceof DurationExpr.Literal l ? l.millis() : millis(d, checked(d));
  }

  private double checked(DurationExpr d) {
    double seconds = seconds(d);
    if (Double.isNaN(seconds) || Double.isInfinite(seconds)) {
      throw fail(d, "duration is NaN or infinite");
    }
    if (Math.abs(seconds) >= MAX_SECONDS) {
      throw fail(d, "duration is out of range");
    }
    return seconds;
  }

  private static long millis(DurationExpr d, double seconds) {
    return d instanceof DurationExpr.Literal l ? l.millis() : (long) (seconds * 1000);
  }

  private double seconds(DurationExpr d) {
    return switch (d) {
      case DurationExpr.Literal l -> l.seconds();
      case DurationExpr.Step _ -> stepMillis / 1000.0;
      case DurationExpr.QueryRange _ -> rangeMillis / 1000.0;
      case DurationExpr.Negate n -> -seconds(n.inner());
      case DurationExpr.Plus p -> seconds(p.inner());
      case DurationExpr.Parenthesized p -> seconds(p.inner());
      case DurationExpr.Extreme x ->
          x.max()
              ? Math.max(seconds(x.left()), seconds(x.right()))
              : Math.min(seconds(x.left()), seconds(x.right()));
      case DurationExpr.Arithmetic a -> arithmetic(a);
    };
  }

  private double arithmetic(DurationExpr.Arithmetic a) {
    double x = seconds(a.left());
    double y = seconds(a.right());
    return switch (a.op()) {
      case ADD -> x + y;
      case SUB -> x - y;
      case MUL -> x * y;
      case POW -> pow(x, y);
      case DIV -> {
        if (y == 0) {
          throw fail(a, "division by zero");
        }
        yield x / y;
      }
      case MOD -> {
        if (y == 0) {
          throw fail(a, "modulo by zero");
        }
        yield x % y;
      }
      case ATAN2, EQL, NEQ, LTE, LSS, GTE, GTR, TRIM_UPPER, TRIM_LOWER, AND, UNLESS, OR ->
          throw new IllegalArgumentException("no operator of durations: " + a.op().text());
    };
  }

  /// As in Go, 1 to the power of NaN is 1, and so is -1 to an infinite one.
  private static double pow(double x, double y) {
    return x == 1 || x == -1 && Double.isInfinite(y) ? 1 : Math.pow(x, y);
  }

  private static InvalidDurationException fail(DurationExpr d, String message) {
    return new InvalidDurationException(d.range(), message);
  }
}
