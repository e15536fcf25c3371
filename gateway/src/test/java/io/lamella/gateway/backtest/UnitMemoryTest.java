package io.lamella.gateway.backtest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.gateway.backtest.request.BacktestReader;
import io.lamella.gateway.limits.MemoryPool;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SeriesSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Verdicts do not depend on what else holds memory while their units run.
@Timeout(60)
class UnitMemoryTest {
  private static final long CAPACITY = 1_000_000;

  /// Of all backtests.
  private static final long SHARE = CAPACITY / 2;

  private final MemoryPool pool = new MemoryPool(CAPACITY);
  private final SeriesSource series =
      new MemorySeriesSource(Map.of(Labels.of("__name__", "up"), new SampleColumns()));

  /// Judges windows that are a unit each.
  private static List<String> errors(BacktestService service, int windows) {
    StringBuilder request = new StringBuilder("windows:\n");
    for (int i = 0; i < windows; i++) {
      request.append("- {start: 0, duration: 5m, labels: {dc_id: ").append(i).append("}}\n");
    }
    request.append("constraints: [{name: a, expr: 'up{dc_id=\"$dc_id\"} > 0'}]");
    List<String> out = new ArrayList<>();
    service
        .prepare(BacktestReader.read(request.toString()), QueryOptions.NONE)
        .run(QueryOptions.NONE, v -> v.error().ifPresent(out::add));
    return out;
  }

  private static boolean await(CountDownLatch latch, Duration most) {
    try {
      return latch.await(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Test
  void aUnitThatIsRefusedInADeadlockIsJudgedAlone() {
    CountDownLatch both = new CountDownLatch(2);

    List<String> errors =
        errors(
            BacktestFixture.service(
                budget -> {
                  budget.reserveMemory(SHARE * 2 / 5);
                  both.countDown();
                  await(both, Duration.ofSeconds(10));
                  budget.reserveMemory(SHARE * 2 / 5);
                  return series;
                },
                Duration.ofSeconds(30),
                pool),
            2);

    assertEquals(List.of(), errors);
    assertEquals(0, pool.held());
  }

  @Test
  void whatOneUnitCannotHoldByItselfIsAnErrorAtOnce() {
    AtomicInteger evaluations = new AtomicInteger();

    List<String> errors =
        errors(
            BacktestFixture.service(
                budget -> {
                  evaluations.incrementAndGet();
                  budget.reserveMemory(SHARE + 1);
                  return series;
                },
                Duration.ofSeconds(30),
                pool),
            1);

    assertEquals(
        List.of(
            "constraint exceeds the limit of 500000 bytes of memory: 500001 planned so far; narrow its selectors, or make windows shorter or the step larger"),
        errors);
    assertEquals(1, evaluations.get());
  }

  @Test
  void waitingForMemoryIsNoTimeOut() {
    Duration timeout = Duration.ofMillis(200);
    CountDownLatch waited = new CountDownLatch(1);
    MemoryPool.Lease one = pool.lease();
    MemoryPool.Lease other = pool.lease();
    one.reserve(SHARE);
    other.reserve(SHARE);
    Thread.startVirtualThread(() -> {
      await(waited, timeout.multipliedBy(3));
      one.close();
      other.close();
    });

    List<String> errors = errors(BacktestFixture.service(this::reserving, timeout, pool), 1);

    assertEquals(List.of(), errors);
  }

  private SeriesSource reserving(QueryBudget budget) {
    budget.reserveMemory(1_000);
    return series;
  }
}
