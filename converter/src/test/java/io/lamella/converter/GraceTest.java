package io.lamella.converter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.converter.schedule.PlanInput;
import io.lamella.converter.schedule.Planner;
import io.lamella.converter.schedule.SourceBlock;
import io.lamella.converter.schedule.WorkItem;
import io.lamella.model.Labels;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Days that ended too short a time ago are not converted yet.
class GraceTest {
  private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("2026-01-05T00:00:00Z");

  private static List<LocalDate> days(Duration grace, Instant now) {
    Ulid ulid = Ulid.of(1, new byte[10]);
    SourceBlock block =
        new SourceBlock(
            ulid,
            BlockMeta.Coverage.raw(Labels.EMPTY, FIRST.toEpochMilli(), LAST.toEpochMilli()),
            Set.of(ulid));
    return Planner.plan(
            new PlanInput(List.of(block), PlanInput.Published.NONE),
            ConversionOptions.defaults().withGrace(grace).planSettings(now))
        .items()
        .stream()
        .map(WorkItem::day)
        .toList();
  }

  private static LocalDate january(int day) {
    return LocalDate.of(2026, 1, day);
  }

  @Test
  void aDayThatEndedLessThanTheGracePeriodAgoWaits() {
    assertEquals(
        List.of(january(1), january(2)),
        days(Duration.ofHours(48), Instant.parse("2026-01-05T12:00:00Z")));
  }

  @Test
  void aDayThatEndedTheGracePeriodAgoIsConverted() {
    assertEquals(
        List.of(january(1), january(2), january(3)),
        days(Duration.ofHours(48), Instant.parse("2026-01-06T00:00:00Z")));
  }

  @Test
  void withoutAGracePeriodAllDaysAreConverted() {
    assertEquals(4, days(Duration.ZERO, FIRST).size());
  }
}
