package io.lamella.gateway.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import io.lamella.promql.QueryException;
import io.lamella.promql.QueryLimits;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SeriesSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// A query holds permit, memory and deadline while its result is consumed.
class QueryLifeTest {
  private static final int SERIES = 1_000;
  private static final long FETCHED = 10 << 20;
  private static final String QUERY = "up";

  private final MemoryPool pool = new MemoryPool(64 << 20);
  private final QueryQueue queue = new QueryQueue(QueryQueue.QueueLimits.of(4));
  private final QueryService service =
      new QueryService(
          new PromqlEngine(EngineOptions.defaults()),
          new Data(),
          FetchLimits.DEFAULT,
          pool,
          new ResultsCache(64 << 20, new GatewayMetrics()),
          Duration.ofMinutes(1),
          queue);

  /// Series whose selection reserves memory.
  private static final class Data implements QuerySource {
    @Override
    public SeriesSource series(QueryBudget budget) {
      Map<Labels, SampleColumns> all = new HashMap<>();
      for (int i = 0; i < SERIES; i++) {
        SampleColumns samples = new SampleColumns();
        samples.add(1_000, i);
        all.put(Labels.of("__name__", "up", "i", "" + i), samples);
      }
      SeriesSource source = new MemorySeriesSource(all);
      return selection -> {
        budget.reserveMemory(FETCHED);
        return source.select(selection);
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
          return Optional.of(1);
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
  void onlyTheResultIsHeldWhileItIsConsumed() {
    service.instant(
        QUERY,
        2_000,
        QueryOptions.NONE,
        result -> {
          assertEquals(1, queue.running());
          assertTrue(pool.held() > SERIES * 100L, "" + pool.held());
          assertTrue(pool.held() < FETCHED, "" + pool.held());
        });
    assertEquals(0, queue.running());
    assertEquals(0, pool.held());
  }

  @Test
  void aCachedResultIsHeldAsWellButNeedsNoPermit() {
    List<Long> held = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      service.instant(
          QUERY,
          2_000,
          QueryOptions.NONE,
          result -> {
            held.add((long) queue.running());
            held.add(pool.held());
          });
    }
    assertEquals(List.of(1L, 0L), List.of(held.get(0), held.get(2)));
    assertTrue(held.get(3) > SERIES * 100L, held.toString());
    assertEquals(0, pool.held());
  }

  @Test
  void theDeadlineEndsConsumingAsWell() {
    QueryOptions hurried =
        QueryOptions.of(new QueryLimits(Optional.empty(), Optional.of(Duration.ofMillis(300))));
    List<String> ended = new ArrayList<>();
    service.instant(
        QUERY,
        2_000,
        hurried,
        result -> {
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            ended.add("interrupted");
          }
        });
    assertEquals(List.of("interrupted"), ended);
  }

  @Test
  void aFailureOfTheConsumerReleasesEverything() {
    assertThrows(
        IllegalStateException.class,
        () ->
            service.instant(
                QUERY,
                2_000,
                QueryOptions.NONE,
                result -> {
                  throw new IllegalStateException();
                }));
    assertEquals(0, queue.running());
    assertEquals(0, pool.held());
  }

  @Test
  void aTextThatIsTooLongForTheMemoryIsNotParsed() {
    String longText = "1" + "+1".repeat(200_000);
    assertThrows(
        QueryException.TooExpensive.class, () -> service.instant(longText, 0, QueryOptions.NONE));
    assertThrows(
        QueryException.TooExpensive.class,
        () -> service.format(longText, QueryOptions.NONE, text -> {}));
    assertEquals(0, pool.held());
  }

  /// Each fits into the memory of a query, both together do not.
  @Test
  void theSelectorsOfARequestShareItsMemory() {
    String selector = "up{i=~\"" + ".{1000}".repeat(250) + "\"}";
    List<String> parsed = new ArrayList<>();
    LabelsQuery query =
        new LabelsQuery(
            SelectorTexts.of(
                List.of(selector, selector),
                (text, memory) -> {
                  service.parse(text, memory);
                  parsed.add(text);
                  return List.of();
                }),
            TimeRange.ALL,
            0);
    assertThrows(
        QueryException.TooExpensive.class,
        () -> service.labelNames(query, QueryOptions.NONE, names -> {}));
    assertEquals(1, parsed.size());
    assertEquals(0, pool.held());
  }

  @Test
  void formattingNeedsAPermitAndMemory() {
    service.format(
        "up+1",
        QueryOptions.NONE,
        text -> {
          assertEquals(1, queue.running());
          assertTrue(pool.held() > 0);
        });
    service.syntaxTree("up+1", QueryOptions.NONE, text -> assertEquals(1, queue.running()));
    assertEquals(0, queue.running());
  }
}
