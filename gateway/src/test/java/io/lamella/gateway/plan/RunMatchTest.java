package io.lamella.gateway.plan;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.promql.QueryException;
import io.lamella.storage.block.RunDirectory;
import io.lamella.storage.block.ValueStatistics;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunMatchTest {
  @Test
  void matchingManyValuesEndsWhereTheQueryIsCancelled() {
    RunDirectory.RunsBuilder runs = new RunDirectory.RunsBuilder(List.of("a"), 1);
    for (int i = 0; i < 1000; i++) {
      runs.add(List.of("value" + i), 1, new ValueStatistics[] {new ValueStatistics()});
    }
    RunDirectory directory = runs.build();
    List<Matcher> matchers = List.of(Matcher.of(Matcher.Type.REGEX, "a", ".*9"));
    Thread.currentThread().interrupt();

    assertThrows(
        QueryException.Cancelled.class, () -> RunMatch.of(directory, matchers, TimeRange.ALL));
    assertTrue(Thread.interrupted(), "the thread stays interrupted");
  }
}
