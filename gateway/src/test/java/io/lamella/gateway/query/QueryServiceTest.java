package io.lamella.gateway.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.MemoryPool;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.gateway.results.ResultKey;
import io.lamella.gateway.results.ResultsCache;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.QueryException;
import io.lamella.promql.Value;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SeriesSource;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class QueryServiceTest {
  /// A source that never returns; only an interrupt ends the wait.
  private static final class Unresponsive implements QuerySource {
    private static <T> T never() {
      try {
        new CountDownLatch(1).await();
        throw new AssertionError();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new QueryException.Cancelled("query was canceled in reading blocks");
      }
    }

    @Override
    public SeriesSource series(QueryBudget budget) {
      return selection -> never();
    }

    @Override
    public List<Labels> labelSets(LabelsRequest request, QueryBudget budget) {
      return never();
    }

    @Override
    public SortedSet<String> labelNames(LabelsRequest request, QueryBudget b) {
      return never();
    }

    @Override
    public SortedSet<String> labelValues(String name, LabelsRequest request, QueryBudget budget) {
      return never();
    }
  }

  /// Data that is replaced a number of times while it is read.
  private static final class Replaced implements QuerySource {
    private final int times;
    private int version;
    private int reads;

    Replaced(int times) {
      this.times = times;
    }

    private <T> T read(T value) {
      reads++;
      if (version < times) {
        throw new QueryException.StorageUnavailable("replaced " + version, new IOException());
      }
      return value;
    }

    @Override
    public SeriesSource series(QueryBudget budget) {
      SampleColumns samples = new SampleColumns();
      samples.add(1_000, 7);
      SeriesSource source = new MemorySeriesSource(Map.of(Labels.of("__name__", "up"), samples));
      return selection -> read(source).select(selection);
    }

    @Override
    public DataSnapshot snapshot() {
      int number = version;
      return new DataSnapshot() {
        @Override
        public SeriesSource series(QueryBudget budget) {
          return Replaced.this.series(budget);
        }

        @Override
        public Optional<Object> version(TimeRange range) {
          return Optional.of(number);
        }

        @Override
        public Optional<DataSnapshot> newerAfter(QueryException failure) {
          version++;
          return Optional.of(snapshot());
        }
      };
    }

    @Override
    public List<Labels> labelSets(LabelsRequest request, QueryBudget budget) {
      return read(List.of(Labels.of("a", "b")));
    }

    @Override
    public SortedSet<String> labelNames(LabelsRequest request, QueryBudget b) {
      return read(new TreeSet<>(Set.of("a")));
    }

    @Override
    public SortedSet<String> labelValues(String name, LabelsRequest request, QueryBudget budget) {
      return read(new TreeSet<>(Set.of("b")));
    }
  }

  private static QueryService service(Duration timeout) {
    return service(new Unresponsive(), ResultsCache.disabled(), timeout);
  }

  private static QueryService service(QuerySource source, ResultsCache results, Duration timeout) {
    return new QueryService(
        new PromqlEngine(EngineOptions.defaults()),
        source,
        FetchLimits.DEFAULT,
        new MemoryPool(1 << 20),
        results,
        timeout,
        new QueryQueue(QueryQueue.QueueLimits.of(1)));
  }

  private static QueryService serviceOver(QuerySource source) {
    return service(source, ResultsCache.disabled(), Duration.ofSeconds(30));
  }

  @Test
  void aQueryWhoseDataIsReplacedRunsOnceMore() {
    Replaced data = new Replaced(1);
    assertEquals(
        "7.0",
        ((Value.Vector)
                    serviceOver(data)
                        .instant("up + up - up", 2_000, QueryOptions.NONE)
                        .value()
                        .value())
                .samples()
                .getFirst()
                .value()
            + "");
    List<Object> results = new ArrayList<>();
    serviceOver(new Replaced(1))
        .labelSets(
            new LabelsQuery(SelectorTexts.parsed(List.of()), TimeRange.ALL, 0),
            QueryOptions.NONE,
            r -> results.add(r.value()));
    serviceOver(new Replaced(1))
        .labelNames(
            new LabelsQuery(SelectorTexts.parsed(List.of()), TimeRange.ALL, 0),
            QueryOptions.NONE,
            r -> results.add(r.value()));
    serviceOver(new Replaced(1))
        .labelValues(
            "a",
            new LabelsQuery(SelectorTexts.parsed(List.of()), TimeRange.ALL, 0),
            QueryOptions.NONE,
            r -> results.add(r.value()));
    assertEquals(List.of(List.of(Labels.of("a", "b")), Set.of("a"), Set.of("b")), results);
  }

  @Test
  void aQueryDoesNotRunAThirdTime() {
    Replaced data = new Replaced(2);
    QueryException e =
        assertThrows(
            QueryException.StorageUnavailable.class,
            () -> serviceOver(data).instant("up", 2_000, QueryOptions.NONE));
    assertEquals("replaced 1", e.getMessage());
    assertEquals(2, data.reads);
  }

  @Test
  void aResultIsCachedWithTheVersionOfTheDataThatItWasComputedFrom() {
    ResultsCache results = new ResultsCache(1 << 20, new GatewayMetrics());
    Replaced data = new Replaced(1);
    QueryService service = service(data, results, Duration.ofSeconds(30));
    service.instant("up", 2_000, QueryOptions.NONE);
    ResultKey key = new ResultKey("up", 2_000, 2_000, 0, Optional.empty());
    assertEquals(1, results.find(key).orElseThrow().version());
    service.instant("up", 2_000, QueryOptions.NONE);
    assertEquals(2, data.reads);
  }

  @Test
  void aDeadlineEndsWaitingForTheStore() {
    QueryService service = service(Duration.ofMillis(50));
    QueryException e =
        assertThrows(
            QueryException.TimedOut.class, () -> service.instant("up", 0, QueryOptions.NONE));
    assertEquals("query timed out in expression evaluation", e.getMessage());
    assertThrows(
        QueryException.TimedOut.class,
        () ->
            service.labelNames(
                new LabelsQuery(SelectorTexts.parsed(List.of()), TimeRange.ALL, 0),
                QueryOptions.NONE,
                r -> {}));
    assertFalse(Thread.currentThread().isInterrupted(), "the thread's next work is not ended");
  }

  @Test
  void anInterruptCancelsTheQuery() {
    QueryService service = service(Duration.ofMinutes(1));
    Thread.currentThread().interrupt();
    assertThrows(
        QueryException.Cancelled.class,
        () ->
            service.labelNames(
                new LabelsQuery(SelectorTexts.parsed(List.of()), TimeRange.ALL, 0),
                QueryOptions.NONE,
                r -> {}));
    assertEquals(true, Thread.interrupted());
  }
}
