package io.lamella.promql.exec.function;

import io.lamella.promql.Feature;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.selector.RangeSeries;

/// What start timestamps say of counter resets; 0 is an unknown one.
final class StartTimes {
  private final QueryRun run;
  private final TextRange place;
  private final boolean enabled;
  private boolean overlapTold;

  StartTimes(QueryRun run, TextRange place) {
    this.run = run;
    this.place = place;
    this.enabled = run.has(Feature.USE_START_TIMESTAMPS);
  }

  boolean isUsed(RangeSeries s) {
    return enabled && s.hasStarts();
  }

  /// To be called before each window: an overlap is told once a window.
  void startWindow() {
    overlapTold = false;
  }

  /// True where the start timestamp tells of a reset since the previous sample; one that lies
  /// before the previous sample and is not that sample's own is warned of.
  boolean isReset(long start, long time, long previousStart, long previousTime, String metric) {
    if (start == 0 || start == previousStart) {
      return false;
    }
    if (start < previousTime) {
      if (!overlapTold) {
        overlapTold = true;
        run.annotations().overlap(place, metric);
      }
      return false;
    }
    if (start >= time) {
      return false;
    }
    if (start > previousTime) {
      return true;
    }
    return start == previousTime
        && previousStart != 0
        && previousStart != previousTime
        && previousStart <= previousTime;
  }
}
