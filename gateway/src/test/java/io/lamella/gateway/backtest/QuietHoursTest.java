package io.lamella.gateway.backtest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.gateway.backtest.QuietHours.Hours;
import io.lamella.gateway.backtest.QuietHours.Work;
import io.lamella.model.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuietHoursTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static boolean allows(QuietHours q, String start, String length) {
    long from = Instant.parse(start).toEpochMilli();
    long to = from + Duration.parse(length).toMillis();
    // The same whatever the range is for which hours are listed.
    boolean near = q.calendar(new TimeRange(from, from)).allows(from, to);
    long year = Duration.ofDays(365).toMillis();
    assertEquals(near, q.calendar(new TimeRange(from - year, from + year)).allows(from, to));
    return near;
  }

  private static QuietHours hours(Work work, Hours... times) {
    return new QuietHours(work, List.of(times), BERLIN);
  }

  @Test
  void workInsideIsWithinQuietHoursFromStartToEnd() {
    QuietHours night = hours(Work.INSIDE, new Hours(22 * 60, 6 * 60));

    assertEquals(true, allows(night, "2025-01-10T21:00:00Z", "PT8H"));
    assertEquals(false, allows(night, "2025-01-10T20:59:00Z", "PT8H"));
    assertEquals(false, allows(night, "2025-01-10T21:01:00Z", "PT8H"));
    assertEquals(true, allows(night, "2025-01-11T00:00:00Z", "PT1H"));
    assertEquals(false, allows(night, "2025-01-11T12:00:00Z", "PT1H"));
  }

  @Test
  void workOutsideHasNoTimeInCommonWithQuietHours() {
    QuietHours night = hours(Work.OUTSIDE, new Hours(22 * 60, 6 * 60));

    assertEquals(true, allows(night, "2025-01-10T05:00:00Z", "PT16H"));
    assertEquals(false, allows(night, "2025-01-10T05:00:00Z", "PT16H1M"));
    assertEquals(false, allows(night, "2025-01-10T04:59:00Z", "PT1H"));
    assertEquals(false, allows(night, "2025-01-10T04:00:00Z", "PT240H"));
  }

  @Test
  void hoursAreThoseOfTheZoneAlsoWhereClocksChange() {
    QuietHours night = hours(Work.INSIDE, new Hours(22 * 60, 6 * 60));

    // Put forward on 2025-03-30, back on 2025-10-26: these nights have seven and nine hours.
    assertEquals(true, allows(night, "2025-03-29T21:00:00Z", "PT7H"));
    assertEquals(false, allows(night, "2025-03-29T21:00:00Z", "PT7H1M"));
    assertEquals(true, allows(night, "2025-10-25T20:00:00Z", "PT9H"));
    assertEquals(false, allows(night, "2025-10-25T20:00:00Z", "PT9H1M"));
  }

  @Test
  void aTimeThatADayLacksIsLaterByAsMuch() {
    QuietHours early = hours(Work.INSIDE, new Hours(2 * 60 + 30, 5 * 60));

    assertEquals(false, allows(early, "2025-03-30T01:29:00Z", "PT1H"));
    assertEquals(true, allows(early, "2025-03-30T01:30:00Z", "PT1H"));
  }

  @Test
  void timesThatFollowOneAnotherAreOne() {
    QuietHours all = hours(Work.INSIDE, new Hours(0, 12 * 60), new Hours(12 * 60, 24 * 60));

    assertEquals(true, allows(all, "2025-01-10T05:00:00Z", "PT10000H"));
    assertEquals(
        false,
        allows(hours(Work.INSIDE, new Hours(0, 24 * 60 - 1)), "2025-01-10T05:00:00Z", "PT100H"));
  }
}
