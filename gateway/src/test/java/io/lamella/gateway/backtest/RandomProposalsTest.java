package io.lamella.gateway.backtest;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.backtest.request.BacktestReader;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Each slot of a proposal is what a backtest says that has the window there, whatever constraints
/// see of the windows. `-Dlamella.proposals=1000` for more of them.
class RandomProposalsTest {
  private static final int COUNT = Integer.getInteger("lamella.proposals", 150);
  private static final List<String> EXPRESSIONS =
      List.of(
          "up == 0",
          "up{dc_id=\"$dc_id\"} < $limit",
          "count(pool and on (dc_id) maintenance_window) > $limit",
          "count(pool unless on (dc_id) maintenance_window) < $limit",
          "maintenance_window{id!=\"w0\"} * on (dc_id) up == 0",
          "max_over_time(maintenance_window[9m]) and on (dc_id) up == 0",
          "count(count_over_time(maintenance_window[4m] offset 3m)) > $limit",
          "count(maintenance_window offset -6m) > $limit",
          "sum_over_time(count(maintenance_window)[7m:2m]) > 3",
          "count(maintenance_window @ 2400) and on () up == 0",
          "maintenance_window and on (dc_id) up @ start() == 0",
          "absent(maintenance_window{id!=\"w1\"}) unless on () count(up == 1)");

  private static String request(Random random) {
    int windows = 1 + random.nextInt(4);
    String listed =
        IntStream.range(0, windows)
            .mapToObj(i ->
                String.format(
                    "  - {id: w%d, start: %d, duration: %dm, labels: {dc_id: %s}}%n",
                    i,
                    60 * (20 + random.nextInt(60)) + (random.nextInt(3) == 0 ? 30 : 0),
                    2 + random.nextInt(9),
                    random.nextBoolean() ? "a" : "[a, b]"))
            .collect(Collectors.joining());
    String constraints =
        IntStream.rangeClosed(0, random.nextInt(3))
            .mapToObj(i ->
                String.format(
                    "  - {name: c%d, expr: '%s', for: %dm, lead: %dm, lag: %dm, on_no_data: %s}%n",
                    i,
                    EXPRESSIONS.get(random.nextInt(EXPRESSIONS.size())),
                    random.nextInt(3),
                    random.nextInt(4),
                    random.nextInt(4),
                    random.nextBoolean() ? "ok" : "unknown"))
            .collect(Collectors.joining());
    return "step: 1m\nwindows:\n"
        + listed
        + "constraints:\n"
        + constraints
        + (constraints.contains("$limit") ? "sweep: {limit: [1, 2]}\n" : "")
        + (random.nextInt(3) == 0 ? "shift: [0s, 10m]\n" : "")
        + String.format(
            "propose: {horizon: %dm, step: %ds, count: %d, max_windows: 3}%n",
            10 + random.nextInt(40),
            List.of(60, 90, 180, 300).get(random.nextInt(4)),
            1 + random.nextInt(4));
  }

  private static String samples(Random random) {
    StringBuilder out = new StringBuilder();
    boolean isUp = true;
    for (int i = 0; i < 120; i++) {
      isUp = random.nextInt(8) == 0 ? !isUp : isUp;
      out.append(random.nextInt(30) == 0 ? "x" : random.nextInt(9) == 0 ? "_" : isUp ? "1" : "0");
      out.append(' ');
    }
    return out.toString();
  }

  @Test
  void slotsAreJudgedLikeWindowsThere() {
    int accepted = 0;
    int rejected = 0;
    for (int seed = 0; seed < COUNT; seed++) {
      Random random = new Random(seed);
      BacktestFixture history = new BacktestFixture();
      for (String dc : List.of("a", "b")) {
        history.series("up", dc, samples(random));
        history.series("pool", dc, samples(random));
      }
      String request = request(random);
      SlotCheck check = new SlotCheck(history.service(), BacktestReader.read(request));
      try {
        check.check();
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + "\n" + request + e.getMessage(), e);
      }
      accepted += check.accepted();
      rejected += check.rejected();
    }
    assertTrue(accepted > COUNT / 2 && rejected > COUNT, accepted + " and " + rejected);
  }
}
