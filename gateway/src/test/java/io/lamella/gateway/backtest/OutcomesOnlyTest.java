package io.lamella.gateway.backtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Backtests of which only outcomes are asked for.
class OutcomesOnlyTest {
  private static final List<String> EXPRESSIONS =
      List.of(
          "up == 0",
          "up{dc_id=\"$dc_id\"} == 0",
          "sum(up) < 2",
          "pool and up == 0",
          "max_over_time(up[5m]) == 0",
          "absent(pool == 1)",
          "up * on (dc_id) pool == 0",
          "up * on () pool == 0",
          "pool{dc_id=\"a\"} > on () up @ start()",
          "pool unless on (dc_id) maintenance_window");

  private static List<String> verdicts(BacktestFixture history, String yaml) {
    List<String> out = new ArrayList<>();
    history.run(
        yaml,
        v ->
            out.add(
                v.window()
                    + v.constraint()
                    + v.outcome()
                    + v.violation().map(Verdict.Violation::firstMillis)
                    + v.error()));
    return out;
  }

  private static BacktestFixture random(Random random) {
    BacktestFixture out = new BacktestFixture();
    for (String name : List.of("up", "pool")) {
      for (String dc : List.of("a", "b")) {
        boolean isUp = random.nextBoolean();
        StringBuilder samples = new StringBuilder();
        for (int i = 0; i < 400; i++) {
          isUp = random.nextInt(20) == 0 ? !isUp : isUp;
          samples.append(random.nextInt(9) == 0 ? "_ " : isUp ? "1 " : "0 ");
        }
        out.series(name, dc, samples.toString());
      }
    }
    return out;
  }

  @Test
  void outcomesAndFirstViolationsAreThoseOfTheFullDetail() {
    long conflicts = 0;
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      BacktestFixture history = random(random);
      String windows =
          IntStream.range(0, 40)
              .mapToObj(i ->
                  String.format(
                      "  - {id: w%d, start: %d, duration: %dm, labels: {dc_id: %s}}%n",
                      i,
                      60 * random.nextInt(300),
                      5 + random.nextInt(120),
                      random.nextBoolean() ? "a" : "[a, b]"))
              .collect(Collectors.joining());
      String constraints =
          IntStream.range(0, 4)
              .mapToObj(i ->
                  String.format(
                      "  - {name: c%d, expr: '%s', for: %dm, keep_firing_for: 3m, lead: %dm}%n",
                      i,
                      EXPRESSIONS.get(random.nextInt(EXPRESSIONS.size())),
                      random.nextInt(6),
                      3 * random.nextInt(2)))
              .collect(Collectors.joining());
      String request = "windows:\n" + windows + "constraints:\n" + constraints;
      List<String> full = verdicts(history, request);
      conflicts += full.stream().filter(v -> v.contains("CONFLICT")).count();
      assertEquals(
          full, verdicts(history, request + "detail: {level: verdict}\n"), seed + "\n" + request);
    }
    assertTrue(conflicts > 1000, conflicts + " conflicts");
  }
}
