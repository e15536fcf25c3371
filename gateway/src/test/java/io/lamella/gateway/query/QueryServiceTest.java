package io.lamella.gateway.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lamella.gateway.budget.MemoryPool;
import io.lamella.gateway.budget.QueryBudget;
import io.lamella.gateway.budget.QueryCeilings;
import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.QueryException;
import io.lamella.promql.source.SeriesSource;
import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class QueryServiceTest {
  /// A store that never answers; only an interrupt ends the wait.
  private static final class Silent implements QuerySource {
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
    public List<Labels> labelSets(List<List<Matcher>> s, TimeRange range, QueryBudget budget) {
      return never();
    }

    @Override
    public SortedSet<String> labelNames(List<List<Matcher>> s, TimeRange range, QueryBudget b) {
      return never();
    }

    @Override
    public SortedSet<String> labelValues(
        String name, List<List<Matcher>> s, TimeRange range, QueryBudget budget) {
      return never();
    }
  }

  private static QueryService service(Duration timeout) {
    return new QueryService(
        new PromqlEngine(EngineOptions.defaults()),
        new Silent(),
        QueryCeilings.DEFAULT,
        new MemoryPool(1 << 20),
        ResultStore.NONE,
        timeout,
        1);
  }

  @Test
  void aDeadlineEndsWaitingForTheStore() {
    QueryService service = service(Duration.ofMillis(50));
    QueryException e =
        assertThrows(
            QueryException.TimedOut.class, () -> service.instant("up", 0, QueryTerms.NONE));
    assertEquals("query timed out in expression evaluation", e.getMessage());
    assertThrows(
        QueryException.TimedOut.class,
        () -> service.labelNames(List.of(), TimeRange.ALL, QueryTerms.NONE));
    assertFalse(Thread.currentThread().isInterrupted(), "the thread's next work is not ended");
  }

  @Test
  void anInterruptFromOutsideIsACancellation() {
    QueryService service = service(Duration.ofMinutes(1));
    Thread.currentThread().interrupt();
    assertThrows(
        QueryException.Cancelled.class,
        () -> service.labelNames(List.of(), TimeRange.ALL, QueryTerms.NONE));
    assertEquals(true, Thread.interrupted());
  }
}
