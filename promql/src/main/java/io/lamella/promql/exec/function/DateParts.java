package io.lamella.promql.exec.function;

import io.lamella.promql.ast.DateFunction;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.function.ToIntFunction;

/// Parts of the date and time of a float, taken as seconds since the epoch, in UTC.
///
/// The calendar repeats every 400 years, so that any 64-bit number of seconds has a date. Other
/// floats (NaN, infinities) count as the smallest such number, which is in the far future in Go's
/// calendar.
public final class DateParts {
  private static final long CYCLE_SECONDS = 146_097L * 86_400;
  private static final long CYCLE_YEARS = 400;

  /// Where Go's calendar begins; moments before it wrap around.
  private static final long FIRST_SECOND = -9_223_372_028_741_760_000L;

  private DateParts() {}

  /// The computation of a date function.
  public static FloatMap.OfValue function(DateFunction f) {
    return switch (f) {
      case MINUTE -> of(LocalDateTime::getMinute);
      case HOUR -> of(LocalDateTime::getHour);
      case DAY_OF_WEEK -> of(t -> t.getDayOfWeek().getValue() % 7);
      case DAY_OF_MONTH -> of(LocalDateTime::getDayOfMonth);
      case DAY_OF_YEAR -> of(LocalDateTime::getDayOfYear);
      case DAYS_IN_MONTH -> of(t -> t.toLocalDate().lengthOfMonth());
      case MONTH -> of(LocalDateTime::getMonthValue);
      case YEAR ->
          v -> {
            long seconds = seconds(v);
            return within(seconds).getYear() + CYCLE_YEARS * cycles(seconds);
          };
    };
  }

  private static FloatMap.OfValue of(ToIntFunction<LocalDateTime> part) {
    return v -> part.applyAsInt(within(seconds(v)));
  }

  private static long seconds(double v) {
    return v >= -0x1p63 && v < 0x1p63 ? (long) v : Long.MIN_VALUE;
  }

  private static long cycles(long seconds) {
    return seconds < FIRST_SECOND
        ? Long.divideUnsigned(seconds, CYCLE_SECONDS)
        : Math.floorDiv(seconds, CYCLE_SECONDS);
  }

  /// The same time within the 400 years from 1970 on.
  private static LocalDateTime within(long seconds) {
    long rest =
        seconds < FIRST_SECOND
            ? Long.remainderUnsigned(seconds, CYCLE_SECONDS)
            : Math.floorMod(seconds, CYCLE_SECONDS);
    return LocalDateTime.ofEpochSecond(rest, 0, ZoneOffset.UTC);
  }
}
