package io.lamella.promql.exec.function;

import io.lamella.promql.ast.Function;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.function.ToIntFunction;

/// Parts of the date and time that a float stands for: seconds since the epoch, UTC.
final class DateParts {
  private static final long MAX = 31_556_889_864_403_199L;

  private DateParts() {}

  static FloatMap.@org.jspecify.annotations.Nullable OfValue function(Function f) {
    return switch (f) {
      case MINUTE -> of(LocalDateTime::getMinute);
      case HOUR -> of(LocalDateTime::getHour);
      case DAY_OF_WEEK -> of(t -> t.getDayOfWeek().getValue() % 7);
      case DAY_OF_MONTH -> of(LocalDateTime::getDayOfMonth);
      case DAY_OF_YEAR -> of(LocalDateTime::getDayOfYear);
      case DAYS_IN_MONTH -> of(t -> t.toLocalDate().lengthOfMonth());
      case MONTH -> of(LocalDateTime::getMonthValue);
      case YEAR -> of(LocalDateTime::getYear);
      default -> null;
    };
  }

  private static FloatMap.OfValue of(ToIntFunction<LocalDateTime> part) {
    return v -> {
      // NaN and what does not fit come out as the epoch's neighbours; Go leaves them undefined.
      long seconds = Math.clamp((long) v, -MAX, MAX);
      return part.applyAsInt(LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC));
    };
  }
}
