package io.lamella.converter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.converter.schedule.DaySelection;
import io.lamella.converter.schedule.TimeSpan;
import io.lamella.converter.schedule.WorkItem;
import io.lamella.storage.block.Ulid;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The samples of a source block are accounted for however its days are divided among runs.
class SampleAccountTest extends ConversionCase {
  @BeforeEach
  void open() throws Exception {
    Ulid block = bucket.add(0, 2 * DAY);
    bucket.edit(block, "\"numSamples\": \\d+", "\"numSamples\": " + (2 * PER_DAY + 1));
  }

  private static void assertMismatchIsSaid(ConversionSummary s) {
    assertEquals(0, s.published());
    assertEquals(1, s.problems().size(), () -> s.problems().toString());
    assertTrue(
        s.problems().getFirst().why().contains(2 * PER_DAY + " read, its meta.json states"),
        () -> s.problems().toString());
  }

  @Test
  void everyRunSaysThatTheSamplesDoNotAddUp() throws Exception {
    assertEquals(1, convert().published());

    assertMismatchIsSaid(convert());
    assertMismatchIsSaid(convert());
  }

  @Test
  void daysOfAnEarlierRunCount() throws Exception {
    ConversionOptions all = options;
    options = all.withSelection(DaySelection.ALL.withTimes(new TimeSpan(0, DAY)));
    assertEquals(1, convert().published());
    options = all;

    assertMismatchIsSaid(convert());
  }

  @Test
  void daysThatWereConvertedAsSingleItemsCount() throws Exception {
    List<WorkItem> items = Conversion.plan(bucket.root().toString(), target(), options).items();
    String from = bucket.root().toString();
    assertEquals(
        1, Conversion.runItem(from, target(), items.getFirst(), options, day -> {}).published());

    assertMismatchIsSaid(Conversion.runItem(from, target(), items.get(1), options, day -> {}));
  }
}
