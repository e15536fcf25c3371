package io.lamella.promql;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.promql.ast.Feature;
import io.lamella.promql.source.SeriesSource;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What operators keep grows with the elements of their series, not with series × steps: ten
/// thousand series of ten samples over eleven thousand steps, of which a column for each would be
/// 880 MB.
class SparseStepsTest {
  private static final long MAX_BYTES = 200L << 20;

  private static final PromqlEngine ENGINE =
      new PromqlEngine(
          new EngineOptions(
              EngineOptions.defaults().lookback(),
              Duration.ofMinutes(10),
              EngineOptions.defaults().maxSamples(),
              EngineOptions.defaults().subqueryStep(),
              Set.of(Feature.values())));
  private static final SeriesSource SOURCE = ShortLivedSeries.source();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "topk(1, x)",
        "limitk(2, x)",
        "limit_ratio(0.5, x)",
        "x / on (pod) group_left () x",
        "x / x",
        "x or x",
        "x and x",
        "sum by (pod) (x)",
        "avg without (dc) (x)",
        "count by (pod) (x)",
        "max by (pod) (x)",
        "stddev by (pod) (x)",
        "count_values(\"v\", x)",
        "quantile(0.5, x)",
        "quantile by (pod) (0.5, x)",
        "sort(x)",
        "histogram_quantile(0.9, sum by (le, pod) (rate(x[5m])))",
        "max_over_time(sum by (pod) (x)[5m:1m])",
        "topk(2, sum by (pod) (x)) + on (pod) group_left () x"
      })
  void manyShortSeriesFitIntoLittleMemory(String query) {
    CountingAccount account = new CountingAccount(MAX_BYTES);
    QueryResult result =
        ENGINE.range(
            SOURCE,
            query,
            0,
            ShortLivedSeries.END_MILLIS,
            ShortLivedSeries.STEP_MILLIS,
            account.limits());
    assertTrue(assertInstanceOf(Value.Matrix.class, result.value()).series().size() > 0);
    long elements = (long) ShortLivedSeries.SERIES * ShortLivedSeries.ELEMENTS;
    long peak = result.statistics().peakSamples();
    assertTrue(peak <= 4 * elements, peak + " samples for " + elements + " elements");
  }
}
