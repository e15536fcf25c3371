package io.lamella.promql.bench;

import io.lamella.promql.EngineOptions;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.QueryLimits;
import io.lamella.promql.QueryResult;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SeriesSource;
import java.time.Duration;
import java.util.Map;

/// A query with its series in memory, to be run repeatedly.
record BenchQuery(String text, SeriesSource source, long endMillis) {
  static final BenchQuery NONE = new BenchQuery("0", new MemorySeriesSource(Map.of()), 0);

  /// No query is cut off by a timeout on a slow machine.
  private static final PromqlEngine ENGINE =
      new PromqlEngine(
          new EngineOptions(
              EngineOptions.defaults().lookback(),
              Duration.ofMinutes(10),
              EngineOptions.defaults().maxSamples(),
              EngineOptions.defaults().subqueryStep(),
              EngineOptions.defaults().features()));

  static BenchQuery of(QueryClass query, BenchSeries series) {
    return new BenchQuery(query.text(), series.of(query.text()), series.endMillis());
  }

  QueryResult run() {
    return ENGINE.range(
        source,
        text,
        BenchSeries.START_MILLIS,
        endMillis,
        BenchSeries.STEP_MILLIS,
        QueryLimits.NONE);
  }
}
