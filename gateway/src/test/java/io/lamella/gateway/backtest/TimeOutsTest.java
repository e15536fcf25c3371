package io.lamella.gateway.backtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.backtest.request.BacktestReader;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.promql.QueryException;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.promql.source.SeriesSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What never comes to an end is not waited for as often as there are windows.
class TimeOutsTest {
  private static final int PARALLEL = BacktestLimits.DEFAULT.parallelUnits();

  /// How often a metric was read that never answers.
  private final AtomicInteger waited = new AtomicInteger();

  /// Selectors of `slow…` never answer.
  private final class Waiting implements SeriesSource {
    private final SeriesSource source;

    Waiting(SeriesSource source) {
      this.source = source;
    }

    @Override
    public SeriesSet select(Selection selection) {
      if (selection.matchers().stream().anyMatch(m -> m.value().startsWith("slow"))) {
        waited.incrementAndGet();
        try {
          new CountDownLatch(1).await();
        } catch (InterruptedException e) {
          throw new QueryException.Cancelled("query was canceled");
        }
      }
      return source.select(selection);
    }
  }

  private List<Verdict> verdicts(String constraints) {
    SeriesSource source =
        new MemorySeriesSource(Map.of(Labels.of("__name__", "up", "dc_id", "a"), columns()));
    StringBuilder windows = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      windows
          .append("- {start: ")
          .append(60 * i)
          .append(", duration: 5m, labels: {dc_id: ")
          .append(i % 2 == 0 ? "a" : "b")
          .append("}}\n");
    }
    List<Verdict> out = new ArrayList<>();
    BacktestFixture.service(new Waiting(source), Duration.ofMillis(50))
        .prepare(
            BacktestReader.read("windows:\n" + windows + "constraints:\n" + constraints),
            QueryOptions.NONE)
        .run(QueryOptions.NONE, out::add);
    return out;
  }

  @Test
  void aConstraintThatTimesOutIsGivenUp() {
    List<Verdict> verdicts =
        verdicts(
            """
            - {name: slow, expr: 'slow{dc_id="$dc_id"} > 0'}
            - {name: down, expr: 'up{dc_id="a"} > 0 or up{dc_id="$dc_id"}'}
            """);

    assertEquals(600, verdicts.size());
    for (Verdict v : verdicts) {
      boolean isSlow = v.constraint().equals("slow");
      assertEquals(
          isSlow ? Verdict.Outcome.ERROR : Verdict.Outcome.CONFLICT, v.outcome(), v.toString());
    }
    assertTrue(
        verdicts.stream()
            .anyMatch(v ->
                v.error()
                    .filter(
                        e -> e.startsWith("not evaluated, since this constraint has timed out 1"))
                    .isPresent()));
    assertTrue(waited.get() <= TimeOuts.MAX_OF_RULE + 2 * PARALLEL, waited.toString());
  }

  @Test
  void timeOutsOfAllConstraintsAreBounded() {
    StringBuilder constraints = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      constraints
          .append("- {name: c")
          .append(i)
          .append(", expr: 'slow")
          .append(i)
          .append("{dc_id=\"$dc_id\"} > 0'}\n");
    }
    List<Verdict> verdicts = verdicts(constraints.toString());

    assertEquals(15_000, verdicts.size());
    assertTrue(
        verdicts.getLast().error().orElseThrow().contains("constraints have timed out"),
        verdicts.getLast().toString());
    assertTrue(waited.get() <= TimeOuts.MAX + PARALLEL, waited.toString());
  }

  @Test
  void waitingForOtherBacktestsIsNoTimeOut() throws Exception {
    SeriesSource source =
        new MemorySeriesSource(Map.of(Labels.of("__name__", "up", "dc_id", "a"), columns()));
    BacktestService service =
        BacktestFixture.service(
            selection -> {
              try {
                Thread.sleep(100);
              } catch (InterruptedException e) {
                throw new QueryException.Cancelled("query was canceled");
              }
              return source.select(selection);
            },
            Duration.ofMillis(1_000));
    StringBuilder windows = new StringBuilder();
    for (int i = 0; i < 2 * PARALLEL; i++) {
      windows.append("- {start: 0, duration: 5m, labels: {dc_id: x").append(i).append("}}\n");
    }
    String request =
        "windows:\n" + windows + "constraints: [{name: a, expr: 'up{dc_id=\"$dc_id\"} > 0'}]";
    List<Verdict> verdicts = new CopyOnWriteArrayList<>();
    List<Thread> backtests = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      backtests.add(
          Thread.ofPlatform()
              .start(() ->
                  service
                      .prepare(BacktestReader.read(request), QueryOptions.NONE)
                      .run(QueryOptions.NONE, verdicts::add)));
    }
    for (Thread t : backtests) {
      t.join();
    }
    assertEquals(16 * 2 * PARALLEL, verdicts.size());
    for (Verdict v : verdicts) {
      assertEquals(Verdict.Outcome.NO_DATA, v.outcome(), v.toString());
    }
  }

  private static SampleColumns columns() {
    SampleColumns samples = new SampleColumns();
    for (int i = 0; i < 1_000; i++) {
      samples.add(60_000L * i, 1);
    }
    return samples;
  }
}
