package io.lamella.promql.exec.function;

import io.lamella.promql.ast.Feature;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.selector.RangeSeries;

/// Detects counter resets by start timestamps; 0 is an unknown start.
final class StartTimestampResets {
  private final QueryRun run;
  private final TextRange place;
  private final boolean enabled;

  StartTimestampResets(QueryRun run, TextRange place) {
    this.run = run;
    this.place = place;
    this.enabled = run.has(Feature.USE_START_TIMESTAMPS);
  }

  boolean isUsed(RangeSeries s) {
    return enabled && s.hasStarts();
  }

  /// True where the start timestamp shows a reset since the previous sample.
  static boolean isReset(long start, long time, long previousStart, long previousTime) {
    if (start == 0 || start == previousStart || start < previousTime || start >= time) {
      return false;
    }
    return start > previousTime || previousStart != 0 && previousStart < previousTime;
  }

  /// True where the start timestamp lies before the previous sample and is not that sample's own.
  static boolean overlaps(long start, long previousStart, long previousTime) {
    return start != 0 && start < previousTime && start != previousStart;
  }

  void warnOfOverlap(String metric) {
    run.annotations().overlap(place, metric);
  }
}
