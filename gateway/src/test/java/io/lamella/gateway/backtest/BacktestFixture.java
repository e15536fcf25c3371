package io.lamella.gateway.backtest;

import io.lamella.gateway.backtest.request.BacktestReader;
import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.MemoryPool;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.query.LabelsRequest;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.query.QueryQueue;
import io.lamella.gateway.query.QueryService;
import io.lamella.gateway.query.QuerySource;
import io.lamella.gateway.results.ResultsCache;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.Stale;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SeriesSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.function.Function;

/// Backtests over series that a test makes up.
final class BacktestFixture {
  private static final long MINUTE = 60_000;

  private final Map<Labels, SampleColumns> series = new HashMap<>();

  /// A series with a sample a minute; `_` is none, `x` a stale marker.
  void series(String name, String dc, String samples) {
    SampleColumns s = new SampleColumns();
    String[] values = samples.split(" ");
    for (int i = 0; i < values.length; i++) {
      if (values[i].equals("x")) {
        s.add(i * MINUTE, Stale.MARKER);
      } else if (!values[i].equals("_")) {
        s.add(i * MINUTE, Double.parseDouble(values[i]));
      }
    }
    series.put(Labels.of("__name__", name, "dc_id", dc), s);
  }

  /// Runs a request.
  void run(String yaml, BacktestListener to) {
    service().prepare(BacktestReader.read(yaml), QueryOptions.NONE).run(QueryOptions.NONE, to);
  }

  BacktestService service() {
    return service(new MemorySeriesSource(series), Duration.ofSeconds(30));
  }

  /// @param timeout of each evaluation
  static BacktestService service(SeriesSource source, Duration timeout) {
    return service(_ -> source, timeout, new MemoryPool(64 << 20));
  }

  /// @param source of an evaluation, which may reserve memory of its budget
  static BacktestService service(
      Function<QueryBudget, SeriesSource> source, Duration timeout, MemoryPool memory) {
    return new BacktestService(queries(source, timeout, memory), BacktestLimits.DEFAULT);
  }

  static QueryService queries(
      Function<QueryBudget, SeriesSource> source, Duration timeout, MemoryPool memory) {
    return new QueryService(
        new PromqlEngine(EngineOptions.defaults()),
        new QuerySource() {
          @Override
          public SeriesSource series(QueryBudget budget) {
            return source.apply(budget);
          }

          @Override
          public List<Labels> labelSets(LabelsRequest request, QueryBudget budget) {
            return List.of();
          }

          @Override
          public SortedSet<String> labelNames(LabelsRequest request, QueryBudget budget) {
            throw new UnsupportedOperationException();
          }

          @Override
          public SortedSet<String> labelValues(
              String name, LabelsRequest request, QueryBudget budget) {
            throw new UnsupportedOperationException();
          }
        },
        FetchLimits.DEFAULT,
        memory,
        ResultsCache.disabled(),
        timeout,
        new QueryQueue(QueryQueue.QueueLimits.of(4)));
  }
}
