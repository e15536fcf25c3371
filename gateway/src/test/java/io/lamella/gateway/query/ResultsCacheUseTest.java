package io.lamella.gateway.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.MemoryPool;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.gateway.results.ResultsCache;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.QueryLimits;
import io.lamella.promql.QueryResult;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SeriesSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Which queries get their result from the results cache.
class ResultsCacheUseTest {
  private final ResultsCache results = new ResultsCache(1 << 20, new GatewayMetrics());
  private final Data data = new Data();
  private final QueryService service =
      new QueryService(
          new PromqlEngine(EngineOptions.defaults()),
          data,
          FetchLimits.DEFAULT,
          new MemoryPool(1 << 20),
          results,
          Duration.ofSeconds(10),
          new QueryQueue(QueryQueue.QueueLimits.of(4)));

  /// One series whose data has a version.
  private static final class Data implements QuerySource {
    private int selections;
    private Optional<Object> version = Optional.of("a");

    @Override
    public SeriesSource series(QueryBudget budget) {
      SampleColumns samples = new SampleColumns();
      samples.add(1_000, 7);
      SeriesSource source = new MemorySeriesSource(Map.of(Labels.of("__name__", "up"), samples));
      return s -> {
        selections++;
        return source.select(s);
      };
    }

    @Override
    public DataSnapshot snapshot() {
      return new DataSnapshot() {
        @Override
        public SeriesSource series(QueryBudget budget) {
          return Data.this.series(budget);
        }

        @Override
        public Optional<Object> version(TimeRange range) {
          return version;
        }
      };
    }

    @Override
    public List<Labels> labelSets(LabelsRequest request, QueryBudget b) {
      return List.of();
    }

    @Override
    public SortedSet<String> labelNames(LabelsRequest request, QueryBudget b) {
      return new TreeSet<>();
    }

    @Override
    public SortedSet<String> labelValues(String name, LabelsRequest request, QueryBudget b) {
      return new TreeSet<>();
    }
  }

  @Test
  void theSameQueryOverTheSameDataIsComputedOnce() {
    QueryResult first = service.instant("up", 2_000, QueryOptions.NONE).value();
    assertSame(first, service.instant("up", 2_000, QueryOptions.NONE).value());
    assertEquals(1, data.selections);
  }

  @Test
  void aQueryThatDiffersIsComputed() {
    service.instant("up", 2_000, QueryOptions.NONE);
    service.instant("up", 2_001, QueryOptions.NONE);
    service.range("up", 2_000, 2_000, 1, QueryOptions.NONE);
    service.instant("up ", 2_000, QueryOptions.NONE);
    service.instant(
        "up",
        2_000,
        QueryOptions.of(new QueryLimits(Optional.of(Duration.ofSeconds(1)), Optional.empty())));
    assertEquals(5, data.selections);
  }

  @Test
  void aQueryOverOtherDataIsComputed() {
    service.instant("up", 2_000, QueryOptions.NONE);
    data.version = Optional.of("b");
    service.instant("up", 2_000, QueryOptions.NONE);
    service.instant("up", 2_000, QueryOptions.NONE);
    assertEquals(2, data.selections);
  }

  @Test
  void resultsOfDataWithoutAVersionAreNotCached() {
    data.version = Optional.empty();
    service.instant("up", 2_000, QueryOptions.NONE);
    service.instant("up", 2_000, QueryOptions.NONE);
    assertEquals(2, data.selections);
    assertEquals(0, results.bytes());
  }

  /// Whether a query exceeds its own limit must not depend on what is cached.
  @Test
  void aQueryWithItsOwnLimitIsComputed() {
    service.instant("up", 2_000, QueryOptions.NONE);
    service.instant(
        "up",
        2_000,
        new QueryOptions(QueryLimits.NONE, new FetchLimits(1, 1, 1), QueryOptions.Explain.NO));
    assertEquals(2, data.selections);
  }
}
