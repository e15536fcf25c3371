package io.lamella.promql.exec.function;

import io.lamella.promql.ast.DateFunction;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.function.ToIntFunction;

/// Parts of the date and time that a float stands for: seconds since the epoch, UTC.
///
/// The calendar repeats every 400 years, so that any 64-bit number of seconds has a date. What is
/// no such number (NaN, infinities) counts as the smallest one, which Go's calendar takes for the
/// far future.
public final class DateParts {
  private static final long CYCLE_SECONDS = 146_097L * 86_400;
  private static final long CYCLE_YEARS = 400;

  /// Where Go's calendar begins; moments before it wrap around.
  private static final long FIRST_SECOND = -9_223_372_028_741_760_000L;

  private DateParts() {}

  /// How a date function is computed.
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

  /// The same moment of the 400 years from 1970 on.
  private static LocalDateTime within(long seconds) {
    long rest =
        seconds < FIRST_SECOND
            ? Long.remainderUnsigned(seconds, CYCLE_SECONDS)
            : Math.floorMod(seconds, CYCLE_SECONDS);
    return LocalDateTime.ofEpochSecond(rest, 0, ZoneOffset.UTC);
  }
}
