package io.lamella.promql;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// Why a query has no result. The kinds are closed, so that every API maps each of them to its own
/// status.
///
/// Messages are Prometheus' own where it has one.
public abstract sealed class QueryException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private QueryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /// The text is no valid query, or a parameter is out of range.
  public static sealed class BadQuery extends QueryException permits ParseException {
    public BadQuery(String message) {
      super(message, null);
    }
  }

  /// The query is valid, but evaluating it over this data fails (duplicate series, bad parameter at
  /// a step …).
  public static final class Execution extends QueryException {
    public Execution(String message) {
      super(message, null);
    }

    public Execution(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// A limit would be exceeded; the message names the limit.
  public static sealed class TooExpensive extends QueryException permits MemoryNotFree {
    private final long limit;
    private final long actual;

    /// @param actual the amount at which the query was stopped
    public TooExpensive(String message, long limit, long actual) {
      super(message, null);
      this.limit = limit;
      this.actual = actual;
    }

    public TooExpensive(String message, long limit, long actual, Throwable cause) {
      super(message, cause);
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

  /// Others hold the memory that the query needs, and it cannot wait for them; it may succeed once
  /// they have ended.
  public static final class MemoryNotFree extends TooExpensive {
    public MemoryNotFree(String message, long free, long needed) {
      super(message, free, needed);
    }
  }

  /// The query ran longer than its timeout.
  public static final class TimedOut extends QueryException {
    public TimedOut(String message) {
      super(message, null);
    }

    TimedOut(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// The thread of the query was interrupted.
  public static final class Cancelled extends QueryException {
    public Cancelled(String message) {
      super(message, null);
    }

    Cancelled(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// The object store did not answer; trying again may help.
  public static final class StorageUnavailable extends QueryException {
    public StorageUnavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// A block is corrupt; trying again does not help.
  public static final class CorruptBlock extends QueryException {
    public CorruptBlock(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// A bug.
  public static final class Internal extends QueryException {
    public Internal(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
