package io.lamella.gateway.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import java.util.Locale;

/// Counts the lines of one of the query logs.
public final class QueryLogMetrics {
  private final Counter lines;
  private final String log;

  /// What became of a line.
  public enum Line {
    WRITTEN,
    /// The writer was behind.
    DROPPED,
    /// The file could not be written.
    FAILED;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// The logs.
  public enum Log {
    ALL,
    SLOW;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  QueryLogMetrics(Counter lines, Log log) {
    this.lines = lines;
    this.log = log.label();
  }

  public void count(Line what, int more) {
    lines.labelValues(log, what.label()).inc(more);
  }

  public long count(Line what) {
    return (long) lines.labelValues(log, what.label()).get();
  }
}
