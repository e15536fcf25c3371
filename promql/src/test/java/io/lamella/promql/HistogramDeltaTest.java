package io.lamella.promql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.Span;
import io.lamella.promql.source.MemorySeriesSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The change of a gauge of histograms depends on the first and the last one, as in Prometheus'
/// `histogramRate`; those between may have other buckets.
class HistogramDeltaTest {
  private static Histogram gauge(int schema, double count) {
    double[] bounds = schema == Histogram.CUSTOM_BUCKETS ? new double[] {1, 2} : new double[0];
    return new Histogram(
        CounterReset.GAUGE,
        schema,
        0,
        0,
        count,
        count,
        List.of(new Span(0, 1)),
        new double[] {count},
        List.of(),
        new double[0],
        bounds);
  }

  private static QueryResult delta(int... schemas) {
    SampleColumns samples = new SampleColumns();
    for (int i = 0; i < schemas.length; i++) {
      samples.add(i * 60_000L, gauge(schemas[i], 1 + i));
    }
    return new PromqlEngine(EngineOptions.defaults())
        .instant(
            new MemorySeriesSource(Map.of(Labels.of("__name__", "m"), samples)),
            "delta(m[5m])",
            120_000,
            QueryLimits.NONE);
  }

  private static int schema(QueryResult result) {
    Value.Vector v = assertInstanceOf(Value.Vector.class, result.value());
    assertEquals(1, v.samples().size(), () -> result.warnings().toString());
    return assertInstanceOf(Histogram.class, v.samples().getFirst().histogram()).schema();
  }

  @Test
  void aCoarserHistogramBetweenDoesNotMakeTheResultCoarser() {
    assertEquals(2, schema(delta(2, 0, 2)));
    assertEquals(0, schema(delta(2, 2, 0)));
    assertEquals(0, schema(delta(0, 2, 2)));
  }

  @Test
  void aHistogramBetweenMayHaveCustomBuckets() {
    assertEquals(1, schema(delta(1, Histogram.CUSTOM_BUCKETS, 1)));
  }
}
