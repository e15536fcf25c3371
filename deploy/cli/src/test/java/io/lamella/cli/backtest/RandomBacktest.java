package io.lamella.cli.backtest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A random backtest over recorded series: the request, and for each verdict the query that an
/// independent engine answers, with what decides on it.
final class RandomBacktest {
  static final long START = 1_735_689_600;
  private static final List<String> DCS = List.of("1", "2", "10", "45", "100", "7");

  /// A selector of a template: the samples from `before` to `after` seconds around an evaluation.
  ///
  /// @param byDc whether it is of the window's data centers
  /// @param width of a subquery around it; `step`, the subquery's
  /// @param range false where only the last sample before each time is read
  record Selector(
      String metric,
      Dc dc,
      long before,
      long after,
      long width,
      long step,
      boolean range,
      Map<String, String> others) {
    enum Dc {
      ANY,
      EQUAL,
      OTHER
    }

    static Selector of(String metric, Dc dc, long before, long after) {
      return new Selector(metric, dc, before, after, 0, 0, false, Map.of());
    }

    static Selector ofRange(String metric, Dc dc, long before, long after) {
      return new Selector(metric, dc, before, after, 0, 0, true, Map.of());
    }
  }

  /// A constraint with `$dc_id` and `$limit`.
  ///
  /// @param limits of which one is taken, or two for a sweep; empty where there is none
  private record Template(
      String expr, List<String> limits, boolean leastIsWorst, List<Selector> selectors) {}

  private static final List<Template> FLOATS =
      List.of(
          new Template(
              "hmd:release_scopes:enabled{dc_id=\"$dc_id\"} == 0",
              List.of(),
              false,
              List.of(Selector.of("hmd:release_scopes:enabled", Selector.Dc.EQUAL, 300, 0))),
          new Template(
              "sum by (instance) (rate(edge_http_requests_total{dc_id=\"$dc_id\"}[10m])) > $limit",
              List.of("0.1", "1", "5"),
              false,
              List.of(Selector.ofRange("edge_http_requests_total", Selector.Dc.EQUAL, 600, 0))),
          new Template(
              "count(aegis_pool_dc) - count(aegis_pool_dc unless on (dc_id) maintenance_window) > $limit",
              List.of("0", "2", "3"),
              false,
              List.of(Selector.of("aegis_pool_dc", Selector.Dc.ANY, 300, 0))),
          new Template(
              "up{dc_id=\"$dc_id\"} and on (dc_id) maintenance_window",
              List.of(),
              false,
              List.of(Selector.of("up", Selector.Dc.EQUAL, 300, 0))),
          new Template(
              "absent(edge_http_requests_total{dc_id=\"$dc_id\", code=\"500\"})",
              List.of(),
              false,
              List.of(
                  new Selector(
                      "edge_http_requests_total",
                      Selector.Dc.EQUAL,
                      300,
                      0,
                      0,
                      0,
                      false,
                      Map.of("code", "500")))),
          new Template(
              "max_over_time(sum(rate(edge_http_requests_total{dc_id!=\"$dc_id\"}[5m]))[30m:7m]) < $limit",
              List.of("3", "10", "30"),
              true,
              List.of(
                  new Selector(
                      "edge_http_requests_total",
                      Selector.Dc.OTHER,
                      300,
                      0,
                      1800,
                      420,
                      true,
                      Map.of()))),
          new Template(
              "histogram_quantile(0.9, sum by (le) (rate(edge_http_request_duration_seconds_bucket{dc_id=~\"$dc_id\"}[15m]))) > $limit",
              List.of("0.5", "2"),
              false,
              List.of(
                  Selector.ofRange(
                      "edge_http_request_duration_seconds_bucket", Selector.Dc.EQUAL, 900, 0))),
          new Template(
              "temperature_celsius{dc_id=\"$dc_id\"} offset 20m > $limit",
              List.of("10", "20", "30"),
              false,
              List.of(Selector.of("temperature_celsius", Selector.Dc.EQUAL, 1500, -1200))),
          new Template(
              "edge_http_requests_total{dc_id=\"$dc_id\"} - edge_http_requests_total @ start() > $limit",
              List.of("100", "1000"),
              false,
              List.of(
                  Selector.of("edge_http_requests_total", Selector.Dc.EQUAL, 300, 0),
                  Selector.of("edge_http_requests_total", Selector.Dc.ANY, 300, Long.MIN_VALUE))),
          new Template(
              "changes(up{dc_id=\"$dc_id\"}[1h]) > $limit",
              List.of("0", "2"),
              false,
              List.of(Selector.ofRange("up", Selector.Dc.EQUAL, 3600, 0))),
          new Template(
              "network_snmp_interface_admin_status{dc_id=\"$dc_id\"} * on (dc_id) up{dc_id=\"$dc_id\"} > 0",
              List.of(),
              false,
              List.of(
                  Selector.of("network_snmp_interface_admin_status", Selector.Dc.EQUAL, 300, 0),
                  Selector.of("up", Selector.Dc.EQUAL, 300, 0))));

  private static final List<Template> HISTOGRAMS =
      List.of(
          new Template(
              "histogram_count(rate(latency_seconds{dc_id=\"$dc_id\"}[20m])) > $limit",
              List.of("0.01", "0.1", "1"),
              false,
              List.of(Selector.ofRange("latency_seconds", Selector.Dc.EQUAL, 1200, 0))),
          new Template(
              "histogram_quantile(0.9, sum(increase(float_seconds{dc_id=~\"$dc_id\"}[30m]))) > $limit",
              List.of("0.1", "1"),
              false,
              List.of(Selector.ofRange("float_seconds", Selector.Dc.EQUAL, 1800, 0))),
          new Template(
              "histogram_avg(gauge_bytes{dc_id=\"$dc_id\"}) < $limit",
              List.of("1", "1000"),
              true,
              List.of(Selector.of("gauge_bytes", Selector.Dc.EQUAL, 300, 0))),
          new Template(
              "schema_change_seconds{dc_id=\"$dc_id\"}",
              List.of(),
              false,
              List.of(Selector.of("schema_change_seconds", Selector.Dc.EQUAL, 300, 0))),
          new Template(
              "histogram_fraction(0, $limit, rate(custom_seconds{dc_id=\"$dc_id\"}[25m])) < 0.5",
              List.of("0.1", "1"),
              true,
              List.of(Selector.ofRange("custom_seconds", Selector.Dc.EQUAL, 1500, 0))),
          new Template(
              "mixed{dc_id=\"$dc_id\"} > $limit",
              List.of("1", "100"),
              false,
              List.of(Selector.of("mixed", Selector.Dc.EQUAL, 300, 0))));

  /// Over what [RecordedRules] record.
  private static final List<Template> RULES =
      List.of(
          new Template(
              "dc:requests:rate{dc_id=\"$dc_id\"} > $limit",
              List.of("0.1", "1", "5"),
              false,
              List.of(Selector.of("dc:requests:rate", Selector.Dc.EQUAL, 300, 0))),
          new Template(
              "dc:requests:rate_max{dc_id=~\"$dc_id\"} - ignoring (kind) dc:requests:rate{dc_id=\"$dc_id\"} > $limit",
              List.of("0", "0.5"),
              false,
              List.of(
                  Selector.of("dc:requests:rate_max", Selector.Dc.EQUAL, 300, 0),
                  Selector.of("dc:requests:rate", Selector.Dc.EQUAL, 300, 0))),
          new Template(
              "up:down{dc_id=\"$dc_id\"}",
              List.of(),
              false,
              List.of(Selector.of("up:down", Selector.Dc.EQUAL, 300, 0))),
          new Template(
              "count_over_time(up:down{dc_id=\"$dc_id\"}[15m]) > $limit",
              List.of("1", "5"),
              false,
              List.of(Selector.ofRange("up:down", Selector.Dc.EQUAL, 900, 0))),
          new Template(
              "pools:count - count(aegis_pool_dc unless on (dc_id) maintenance_window) > $limit",
              List.of("0", "1"),
              false,
              List.of(
                  Selector.of("pools:count", Selector.Dc.ANY, 300, 0),
                  Selector.of("aegis_pool_dc", Selector.Dc.ANY, 300, 0))),
          new Template(
              "dc:requests:share{dc_id=\"$dc_id\"} > $limit",
              List.of("0.1", "0.3"),
              false,
              List.of(Selector.of("dc:requests:share", Selector.Dc.EQUAL, 300, 0))),
          new Template(
              "changes(temperature:copy{dc_id=\"$dc_id\", metric=\"t\"}[30m] offset 20m) > $limit",
              List.of("1", "5"),
              false,
              List.of(Selector.ofRange("temperature:copy", Selector.Dc.EQUAL, 3000, -1200))),
          new Template(
              "{__name__=~\"up|up:down\", dc_id=\"$dc_id\"} == 0",
              List.of(),
              false,
              List.of(
                  Selector.of("up", Selector.Dc.EQUAL, 300, 0),
                  Selector.of("up:down", Selector.Dc.EQUAL, 300, 0))),
          new Template(
              "{__name__=~\"dc:requests:.+\", dc_id=\"$dc_id\"} > $limit",
              List.of("0.1", "1"),
              false,
              List.of(
                  Selector.of("dc:requests:rate", Selector.Dc.EQUAL, 300, 0),
                  Selector.of("dc:requests:share", Selector.Dc.EQUAL, 300, 0),
                  Selector.of("dc:requests:rate_max", Selector.Dc.EQUAL, 300, 0))),
          new Template(
              "absent(up:down{dc_id=\"$dc_id\"})",
              List.of(),
              false,
              List.of(Selector.of("up:down", Selector.Dc.EQUAL, 300, 0))));

  /// What backtests read.
  enum Kind {
    FLOATS("floats", RandomBacktest.FLOATS, ""),
    HISTOGRAMS("histograms", RandomBacktest.HISTOGRAMS, ""),
    RULES("floats", RandomBacktest.RULES, ",\n\"groups\": " + RecordedRules.GROUPS);

    /// The blocks.
    final String blocks;

    private final List<Template> templates;
    private final String more;

    Kind(String blocks, List<Template> templates, String more) {
      this.blocks = blocks;
      this.templates = templates;
      this.more = more;
    }
  }

  /// A verdict that is expected from the answer to a query.
  ///
  /// @param key as [#key] has it
  /// @param from the first evaluation, in seconds; `to`, the last
  record Expectation(
      String key,
      String query,
      long from,
      long to,
      long step,
      long hold,
      long keep,
      boolean leastIsWorst,
      String onNoData,
      List<Selector> selectors,
      List<String> dcs) {}

  private record MaintenanceWindow(String id, long start, long end, List<String> dcs) {}

  final List<Expectation> expected = new ArrayList<>();
  final String request;

  private final Random random;

  private RandomBacktest(Random random, Kind kind) {
    this.random = random;
    long step = pick(List.of(30L, 60L, 300L));
    List<MaintenanceWindow> windows = new ArrayList<>();
    for (int i = 1 + random.nextInt(7); i > 0; i--) {
      // Some before and after all data.
      long start = START - 7_200 + random.nextInt(230_000);
      int n = random.nextInt(10);
      List<String> dcs =
          n == 0 ? List.of() : n < 3 ? List.of(pick(DCS), "45x") : List.of(pick(DCS));
      long length = step + random.nextInt(4 * 3_600);
      windows.add(new MaintenanceWindow("w" + i, start, start + length, dcs));
    }
    List<Long> shifts = random.nextInt(3) == 0 ? List.of(0L, 86_400L) : List.of(0L);
    StringBuilder out = new StringBuilder("{\"step\": \"" + step + "s\", \"windows\": [");
    out.append(
        windows.stream().map(RandomBacktest::json).collect(Collectors.joining(",\n  ", "", "]")));
    out.append(",\n\"shift\": [")
        .append(shifts.stream().map(s -> "\"" + s + "s\"").collect(Collectors.joining(",")))
        .append("],\n\"constraints\": [");
    Map<String, List<String>> sweep = new TreeMap<>();
    for (int c = 0; c < 1 + random.nextInt(4); c++) {
      Template t = pick(kind.templates);
      String limit = "limit" + c;
      if (!t.limits().isEmpty()) {
        sweep.put(limit, random.nextBoolean() ? t.limits() : List.of(pick(t.limits())));
      }
      long hold = pick(List.of(0L, 0L, step, 600L));
      long keep = pick(List.of(0L, 0L, 420L));
      long lead = pick(List.of(0L, 0L, 900L));
      long lag = pick(List.of(0L, 0L, 600L));
      String onNoData = pick(List.of("unknown", "ok", "conflict"));
      out.append(c == 0 ? "" : ",\n  ")
          .append("{\"name\": \"c")
          .append(c)
          .append("\", \"expr\": \"")
          .append(t.expr().replace("$limit", "$" + limit).replace("\"", "\\\""))
          .append("\", \"for\": \"")
          .append(hold)
          .append("s\", \"keep_firing_for\": \"")
          .append(keep)
          .append("s\", \"lead\": \"")
          .append(lead)
          .append("s\", \"lag\": \"")
          .append(lag)
          .append("s\", \"on_no_data\": \"")
          .append(onNoData)
          .append("\"}");
      List<String> values =
          t.limits().isEmpty() ? List.of("") : sweep.getOrDefault(limit, List.of());
      for (MaintenanceWindow w : windows) {
        for (long shift : shifts) {
          for (String value : values) {
            String parameters = value.isEmpty() ? "{}" : "{" + limit + "=" + value + "}";
            expected.add(
                new Expectation(
                    key(w.id(), shift * 1000, "c" + c, parameters),
                    query(t, value, w, windows, shift),
                    w.start() - shift - lead,
                    w.end() - shift + lag,
                    step,
                    hold,
                    keep,
                    t.leastIsWorst(),
                    onNoData,
                    t.selectors(),
                    w.dcs()));
          }
        }
      }
    }
    out.append("]");
    if (!sweep.isEmpty()) {
      out.append(",\n\"sweep\": {")
          .append(
              sweep.entrySet().stream()
                  .map(e ->
                      "\""
                          + e.getKey()
                          + "\": ["
                          + e.getValue().stream().collect(Collectors.joining(", "))
                          + "]")
                  .collect(Collectors.joining(", ")))
          .append('}');
    }
    request = out.append(kind.more).append('}').toString();
  }

  static RandomBacktest of(long seed, Kind kind) {
    return new RandomBacktest(new Random(seed), kind);
  }

  static String key(String window, long shiftMillis, String constraint, String parameters) {
    return window + " " + shiftMillis + " " + constraint + " " + parameters;
  }

  private static String json(MaintenanceWindow w) {
    String dcs =
        w.dcs().size() == 1
            ? "\"" + w.dcs().getFirst() + "\""
            : w.dcs().stream()
                .map(d -> "\"" + d + "\"")
                .collect(Collectors.joining(", ", "[", "]"));
    return "{\"id\": \""
        + w.id()
        + "\", \"start\": "
        + w.start()
        + ", \"end\": "
        + w.end()
        + (w.dcs().isEmpty() ? "" : ", \"labels\": {\"dc_id\": " + dcs + "}")
        + "}";
  }

  /// The expression in plain PromQL; empty where the window lacks the label.
  private static String query(
      Template t, String limit, MaintenanceWindow w, List<MaintenanceWindow> all, long shift) {
    String expr = t.expr();
    if (expr.contains("$dc_id")) {
      if (w.dcs().isEmpty()) {
        return "";
      }
      String alternatives = String.join("|", w.dcs());
      expr =
          expr.replace("!=\"$dc_id\"", "!~\"" + alternatives + "\"")
              .replace("=~\"$dc_id\"", "=~\"" + alternatives + "\"")
              .replace("=\"$dc_id\"", "=~\"" + alternatives + "\"");
    }
    return expr.replace("$limit", limit).replace("maintenance_window", calendar(all, shift));
  }

  /// The windows as a vector that needs no series: each is there while it is open.
  private static String calendar(List<MaintenanceWindow> all, long shift) {
    List<String> parts = new ArrayList<>();
    for (MaintenanceWindow w : all) {
      List<String> dcs = w.dcs().isEmpty() ? List.of("") : w.dcs();
      for (String dc : dcs) {
        parts.add(
            "(label_replace(label_replace(vector(1), \"id\", \""
                + w.id()
                + "\", \"\", \"\"), \"dc_id\", \""
                + dc
                + "\", \"\", \"\") and on () (vector(time()) >= "
                + (w.start() - shift)
                + " < "
                + (w.end() - shift)
                + "))");
      }
    }
    return "(" + String.join(" or ", parts) + ")";
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
