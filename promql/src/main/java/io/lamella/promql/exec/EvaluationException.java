package io.lamella.promql.exec;

import java.io.Serial;

/// Why an evaluation ends without a result. The engine turns each kind into the query exception of
/// its API. Messages are Prometheus' own where it has one.
public abstract sealed class EvaluationException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private EvaluationException(String message) {
    super(message);
  }

  public String text() {
    return String.valueOf(getMessage());
  }

  /// The expression cannot be evaluated over this data: duplicate series, a bad parameter at a step
  /// and the like.
  public static final class Failed extends EvaluationException {
    public Failed(String message) {
      super(message);
    }
  }

  /// More samples would be in memory at once than the limit allows.
  public static final class TooManySamples extends EvaluationException {
    private final long limit;
    private final long actual;

    /// @param actual the number of samples at which the evaluation was stopped
    TooManySamples(String message, long limit, long actual) {
      super(message);
      this.limit = limit;
      this.actual = actual;
    }

    public long limit() {
      return limit;
    }

    public long actual() {
      return actual;
    }
  }

  /// The deadline has passed.
  public static final class DeadlineExceeded extends EvaluationException {
    DeadlineExceeded(String message) {
      super(message);
    }
  }

  /// The thread of the query was interrupted.
  public static final class Interrupted extends EvaluationException {
    Interrupted(String message) {
      super(message);
    }
  }
}
