package io.lamella.gateway.backtest;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.backtest.request.BacktestReader;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.promql.source.SeriesSource;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Units that calculate for long leave time for requests, which are served by virtual threads.
class BusyUnitsTest {
  private static final int UNITS = BacktestLimits.DEFAULT.parallelUnits();
  private static final Duration LONGEST = Duration.ofSeconds(10);

  /// Calculates until a request was served.
  private static final class Busy implements SeriesSource {
    private final SeriesSource source =
        new MemorySeriesSource(Map.of(Labels.of("__name__", "up"), new SampleColumns()));
    private final CountDownLatch begun;
    private final CountDownLatch served;

    Busy(CountDownLatch begun, CountDownLatch served) {
      this.begun = begun;
      this.served = served;
    }

    @Override
    public SeriesSet select(Selection selection) {
      begun.countDown();
      long begin = System.nanoTime();
      while (served.getCount() > 0 && System.nanoTime() - begin < 2 * LONGEST.toNanos()) {
        Thread.onSpinWait();
      }
      return source.select(selection);
    }
  }

  @Test
  void aRequestIsServedWhileAllUnitsCalculate() throws Exception {
    CountDownLatch begun = new CountDownLatch(Runtime.getRuntime().availableProcessors());
    CountDownLatch served = new CountDownLatch(1);
    StringBuilder windows = new StringBuilder();
    for (int i = 0; i < UNITS; i++) {
      windows.append("- {start: 0, end: 60, labels: {dc_id: ").append(i).append("}}\n");
    }
    BacktestService.Prepared prepared =
        BacktestFixture.service(new Busy(begun, served), Duration.ofMinutes(1))
            .prepare(
                BacktestReader.read(
                    "windows:\n"
                        + windows
                        + "constraints: [{name: a, expr: 'up{dc_id=\"$dc_id\"} > 0'}]"),
                QueryOptions.NONE);
    Thread backtest = Thread.ofPlatform().start(() -> prepared.run(QueryOptions.NONE, _ -> {}));
    try {
      assertTrue(begun.await(LONGEST.toSeconds(), TimeUnit.SECONDS), "units have not begun");
      Thread.startVirtualThread(served::countDown);
      assertTrue(served.await(LONGEST.toSeconds(), TimeUnit.SECONDS), "the request waits");
    } finally {
      served.countDown();
      backtest.join();
    }
  }
}
