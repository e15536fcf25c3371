package io.lamella.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// A random request for a backtest over [RandomBlocks]: windows with and without labels, and
/// constraints of all kinds.
final class DividedRequest {
  private static final long START = RandomBlocks.START / 1000;

  private static final List<String> CONSTRAINTS =
      List.of(
          "{name: flips, expr: 'flips{dc_id=\"$dc_id\"} == 0', for: 10m}",
          "{name: hosts, expr: 'sum by (host) (ramp{dc_id=~\"$dc_id\"}) > 1', lead: 15m}",
          "{name: calendar, expr: 'count(maintenance_window) > $limit'}",
          "{name: joined, expr: 'odd{dc_id=~\"$dc_id\"} and on (dc_id) maintenance_window'}",
          "{name: start, expr: 'ramp{dc_id=~\"$dc_id\"} - ramp @ start() > 0'}",
          "{name: none, expr: 'missing{dc_id=\"$dc_id\"}', on_no_data: unknown}",
          "{name: absent, expr: 'absent(constant{dc_id=\"$dc_id\"})', on_no_data: conflict}",
          "{name: fails, expr: 'odd{dc_id=\"$dc_id\"} + on () group_left () flips > 0'}");

  private DividedRequest() {}

  static String of(long seed) {
    Random random = new Random(seed);
    List<String> constraints = new ArrayList<>();
    constraints.add("{name: all, expr: 'odd{dc_id=~\"$dc_id\"} > $limit'}");
    for (String c : CONSTRAINTS) {
      if (random.nextBoolean()) {
        constraints.add(c);
      }
    }
    return "step: "
        + List.of("5m", "7m", "10m").get(random.nextInt(3))
        + "\nshift: "
        + List.of("[0s]", "[0s, 1d]", "[-1h, 3h]").get(random.nextInt(3))
        + "\nsweep: {limit: [0, 1, 2]}\nwindows:\n"
        + windows(random)
        + "constraints:\n  - "
        + String.join("\n  - ", constraints)
        + "\n";
  }

  private static String windows(Random random) {
    List<String> dcs = List.of("1", "2", "3", "no-such-dc", "[1, 2]", "[3, 1, 2]");
    StringBuilder out = new StringBuilder();
    int count = 1 + random.nextInt(40);
    for (int i = 0; i < count; i++) {
      out.append("  - {id: w")
          .append(i)
          .append(", start: ")
          .append(START + 86_400 + 60L * random.nextInt(2 * 1_440))
          .append(", duration: ")
          .append(5 + random.nextInt(200))
          .append("m")
          .append(
              random.nextInt(8) == 0
                  ? "}\n"
                  : ", labels: {dc_id: " + dcs.get(random.nextInt(dcs.size())) + "}}\n");
    }
    return out.toString();
  }

  /// A request whose windows history tells.
  static String recorded() {
    return "step: 10m\nstart: "
        + START
        + "\nend: "
        + (START + 4 * 86_400)
        + "\nwindows_from: {expr: 'flips{host=\"h1\"} > 0'}\n"
        + "constraints: [{name: odd, expr: 'odd{dc_id=\"$dc_id\", host=\"$host\"} > 0'}]\n";
  }
}
