package io.lamella.gateway.backtest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.gateway.backtest.request.BacktestReader;
import io.lamella.gateway.query.QueryOptions;
import java.util.ArrayList;
import java.util.List;

/// Backtests over series that a test makes.
abstract class MadeHistory {
  static final long MINUTE = 60_000;

  private final BacktestFixture history = new BacktestFixture();

  /// A series with a sample a minute; `_` is none, `x` a stale marker.
  final void series(String name, String dc, String samples) {
    history.series(name, dc, samples);
  }

  final List<Verdict> verdicts(String yaml) {
    return verdicts(prepared(yaml));
  }

  static List<Verdict> verdicts(BacktestService.Prepared prepared) {
    List<Verdict> out = new ArrayList<>();
    prepared.run(QueryOptions.NONE, out::add);
    return out;
  }

  final BacktestService.Prepared prepared(String yaml) {
    return history.service().prepare(BacktestReader.read(yaml), QueryOptions.NONE);
  }

  static String text(Verdict v) {
    return v.window()
        + " "
        + v.constraint()
        + (v.parameters().isEmpty() ? "" : " " + v.parameters())
        + " "
        + v.outcome().text()
        + v.violation()
            .map(x ->
                " "
                    + x.firstMillis() / MINUTE
                    + ".."
                    + x.lastMillis() / MINUTE
                    + " total "
                    + x.totalMillis() / MINUTE
                    + " longest "
                    + x.longestMillis() / MINUTE
                    + " worst "
                    + x.worst()
                    + " series "
                    + x.series())
            .orElse("")
        + v.error().map(e -> " " + e).orElse("");
  }

  final void assertVerdicts(String yaml, String... expected) {
    assertEquals(
        String.join("\n", expected),
        String.join("\n", verdicts(yaml).stream().map(MadeHistory::text).toList()));
  }
}
