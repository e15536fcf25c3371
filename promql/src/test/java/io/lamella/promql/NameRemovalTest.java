package io.lamella.promql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SeriesSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Names where they are removed at once, as Prometheus 3.15 has them by default. The conformance
/// scripts have names that are removed late.
class NameRemovalTest {
  private static final PromqlEngine ENGINE = new PromqlEngine(EngineOptions.defaults());

  private static Labels onlyLabels(String query) {
    SampleColumns samples = new SampleColumns();
    for (int i = 0; i <= 10; i++) {
      samples.add(i * 60_000L, i);
    }
    SeriesSource source =
        new MemorySeriesSource(
            Map.of(
                Labels.of("__name__", "many", "dc", "45"),
                samples,
                Labels.of("__name__", "one"),
                samples));
    QueryResult result = ENGINE.instant(source, query, 600_000, QueryLimits.NONE);
    Value.Vector vector = assertInstanceOf(Value.Vector.class, result.value());
    assertEquals(1, vector.samples().size());
    return vector.samples().getFirst().labels();
  }

  @Test
  void groupLeftMayTakeTheNameOfTheOneSide() {
    assertEquals(
        Labels.of("__name__", "one", "dc", "45"),
        onlyLabels("many == bool on () group_left (__name__) one"));
  }

  @Test
  void lastOverTimeKeepsANameThatArithmeticGot() {
    assertEquals(
        Labels.of("__name__", "one", "dc", "45"),
        onlyLabels("last_over_time((many + on () group_left (__name__) one)[3m:])"));
  }

  @Test
  void lastOverTimeRemovesANameThatAComparisonWithBoolGot() {
    assertEquals(
        Labels.of("dc", "45"),
        onlyLabels("last_over_time((many == bool on () group_left (__name__) one)[3m:])"));
  }
}
