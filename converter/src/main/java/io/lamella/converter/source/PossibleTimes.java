package io.lamella.converter.source;

import java.time.Duration;

/// The times that a TSDB block may have. Others come from damage or a clock that is wrong by
/// decades, and would make years of days to plan.
final class PossibleTimes {
  static final long MAX_DAYS = 366;
  static final String EXPECTED = "1970 to 2199 and at most " + MAX_DAYS + " days";

  /// 2200-01-01.
  private static final long END_MILLIS = 7_258_118_400_000L;

  private PossibleTimes() {}

  static boolean are(long fromMillis, long toMillis) {
    return fromMillis >= 0
        && toMillis >= fromMillis
        && toMillis <= END_MILLIS
        && toMillis - fromMillis <= Duration.ofDays(MAX_DAYS).toMillis();
  }
}
