package io.lamella.gateway.backtest;

import io.lamella.model.TimeRange;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/// Times of day, in a time zone, to which work is limited or from which it is kept away.
///
/// A time that a day does not have, because clocks are put forward over it, is later by as much; of
/// a time that a day has twice, the first counts.
///
/// @param times at least one
public record QuietHours(Work work, List<Hours> times, ZoneId zone) {
  private static final int MINUTES_OF_DAY = 24 * 60;

  /// No quiet hours are longer, unless they never end; the same holds for the time between them.
  private static final long LONGEST_MILLIS = 3 * 86_400_000L;

  /// When work is done.
  public enum Work {
    /// A slot is within quiet hours from its start to its end.
    INSIDE,
    /// A slot has no time in common with quiet hours.
    OUTSIDE
  }

  /// From one minute of a day to another, which is on the next day where it is not later.
  public record Hours(int fromMinute, int toMinute) {
    public Hours {
      if (fromMinute < 0
          || fromMinute >= MINUTES_OF_DAY
          || toMinute < 0
          || toMinute > MINUTES_OF_DAY
          || fromMinute == toMinute) {
        throw new IllegalArgumentException("cannot make hours: " + fromMinute + " to " + toMinute);
      }
    }
  }

  public QuietHours {
    times = List.copyOf(times);
  }

  /// Quiet hours as ranges of time, for slots within a range.
  Calendar calendar(TimeRange slots) {
    LocalDate last = date(slots.endMillis() + LONGEST_MILLIS);
    List<TimeRange> out = new ArrayList<>();
    for (LocalDate d = date(slots.startMillis()).minusDays(2);
        !d.isAfter(last);
        d = d.plusDays(1)) {
      for (Hours h : times) {
        long from = millis(d, h.fromMinute());
        long to = millis(h.toMinute() <= h.fromMinute() ? d.plusDays(1) : d, h.toMinute());
        if (from < to) {
          out.add(new TimeRange(from, to - 1));
        }
      }
    }
    return new Calendar(work, TimeRange.merged(out, List.of()));
  }

  private LocalDate date(long millis) {
    return LocalDate.ofInstant(Instant.ofEpochMilli(millis), zone);
  }

  private long millis(LocalDate day, int minute) {
    LocalDateTime local =
        minute == MINUTES_OF_DAY
            ? day.plusDays(1).atStartOfDay()
            : LocalDateTime.of(day, LocalTime.ofSecondOfDay(minute * 60L));
    return local.atZone(zone).toInstant().toEpochMilli();
  }

  /// @param quiet ascending and apart, each closed
  record Calendar(Work work, List<TimeRange> quiet) {
    /// Whether work may be done in `[start, end)`.
    boolean allows(long start, long end) {
      // What is longer than the longest hours is like their beginning.
      long last = Math.min(end - 1, start + LONGEST_MILLIS);
      int at = firstEndingAtOrAfter(start);
      boolean meets = at < quiet.size() && quiet.get(at).startMillis() <= last;
      return switch (work) {
        case INSIDE ->
            meets && quiet.get(at).startMillis() <= start && quiet.get(at).endMillis() >= last;
        case OUTSIDE -> !meets;
      };
    }

    private int firstEndingAtOrAfter(long time) {
      int low = 0;
      int high = quiet.size();
      while (low < high) {
        int mid = (low + high) >>> 1;
        if (quiet.get(mid).endMillis() < time) {
          low = mid + 1;
        } else {
          high = mid;
        }
      }
      return low;
    }
  }
}
