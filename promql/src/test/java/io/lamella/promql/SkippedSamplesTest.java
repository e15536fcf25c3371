package io.lamella.promql;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.Span;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SeriesSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SkippedSamplesTest {
  private static final PromqlEngine ENGINE = new PromqlEngine(EngineOptions.defaults());
  private static final double[] NONE = {};
  private static final long MINUTE = 60_000;

  private static Histogram histogram(double count) {
    return new Histogram(
        CounterReset.UNKNOWN,
        0,
        0,
        0,
        count,
        1,
        List.of(new Span(0, 1)),
        new double[] {count},
        List.of(),
        NONE,
        NONE);
  }

  /// Prometheus skips what lies before the lookback of a step, so that the first sample in it is
  /// compared with none: whether it is a reset remains unknown.
  @Test
  void aSampleIsNotComparedWithOneBeforeTheLookback() {
    SampleColumns dropped = new SampleColumns();
    dropped.add(0, histogram(10));
    dropped.add(10 * MINUTE, histogram(5));
    SampleColumns rising = new SampleColumns();
    for (int i = 0; i <= 10; i++) {
      rising.add(i * MINUTE, histogram(i));
    }
    SeriesSource source =
        new MemorySeriesSource(
            Map.of(
                Labels.of("__name__", "h", "dc", "1"),
                dropped,
                Labels.of("__name__", "h", "dc", "2"),
                rising));
    QueryResult result =
        ENGINE.range(
            source, "histogram_count(sum(h))", 0, 10 * MINUTE, 10 * MINUTE, QueryLimits.NONE);
    assertEquals(List.of(), result.warnings());
  }
}
