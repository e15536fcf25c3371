package io.lamella.cli.backtest;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.Stale;
import io.lamella.model.Utf8Order;
import io.lamella.promql.differential.Oracle;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.chunk.ChunkCutter;
import io.lamella.storage.tsdb.write.BlockDescription;
import io.lamella.storage.tsdb.write.BlockWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Some recording rules, and what they record: written into blocks from the answers of Prometheus'
/// engine at the times at which their groups are evaluated.
final class RecordedRules {
  /// All times that a random backtest reads.
  private static final long FROM = RandomBacktest.START - 200_000;

  private static final long TO = RandomBacktest.START + 300_000;

  private record Rule(String record, String expr, Map<String, String> labels) {
    String json() {
      return "{\"record\": \""
          + record
          + "\", \"expr\": \""
          + expr
          + "\", \"labels\": "
          + labels.entrySet().stream()
              .map(l -> "\"" + l.getKey() + "\": \"" + l.getValue() + "\"")
              .collect(Collectors.joining(", ", "{", "}"))
          + "}";
    }
  }

  /// Times in seconds.
  private record Group(String name, long interval, long offset, List<Rule> rules) {
    String json() {
      return "{\"name\": \""
          + name
          + "\", \"interval\": \""
          + interval
          + "s\", \"query_offset\": \""
          + offset
          + "s\", \"rules\": "
          + rules.stream().map(Rule::json).collect(Collectors.joining(",\n  ", "[", "]"))
          + "}";
    }
  }

  /// Those that other groups read come first.
  private static final List<Group> ALL =
      List.of(
          new Group(
              "minutely",
              60,
              0,
              List.of(
                  new Rule(
                      "dc:requests:rate",
                      "sum by (dc_id) (rate(edge_http_requests_total[5m]))",
                      Map.of()),
                  new Rule(
                      "dc:requests:rate_max",
                      "max_over_time(dc:requests:rate[20m] offset 3m)",
                      Map.of("kind", "max")),
                  new Rule("up:down", "up == 0", Map.of("job", "")))),
          new Group(
              "odd",
              150,
              45,
              List.of(
                  new Rule("pools:count", "count(aegis_pool_dc)", Map.of()),
                  new Rule(
                      "dc:requests:share",
                      "dc:requests:rate / on () group_left () sum(dc:requests:rate)",
                      Map.of()),
                  new Rule("temperature:copy", "temperature_celsius", Map.of("metric", "t")))));

  /// The groups as a request has them.
  static final String GROUPS =
      ALL.stream().map(Group::json).collect(Collectors.joining(",\n", "[", "]"));

  private RecordedRules() {}

  /// Adds blocks with all that is recorded.
  static void record(Oracle oracle, Path blocks) throws IOException, InterruptedException {
    int number = 0;
    for (Group g : ALL) {
      long from = Math.floorDiv(FROM, g.interval()) * g.interval() - g.offset();
      for (Rule r : g.rules()) {
        JsonNode answer =
            oracle
                .eval(
                    blocks,
                    List.of(
                        "{\"query\": \""
                            + r.expr()
                            + "\", \"start\": "
                            + from * 1000
                            + ", \"end\": "
                            + TO * 1000
                            + ", \"step\": "
                            + g.interval() * 1000
                            + "}"),
                    List.of())
                .getFirst();
        SortedMap<Labels, SampleColumns> series = new TreeMap<>();
        for (JsonNode s : answer.path("result")) {
          SortedMap<String, String> labels = new TreeMap<>(Utf8Order.COMPARATOR);
          labels.putAll(PrometheusVerdicts.labels(s.path("metric")));
          labels.put(Labels.METRIC_NAME, r.record());
          labels.putAll(r.labels());
          labels.values().removeIf(String::isEmpty);
          series.put(Labels.of(labels), samples(s, g.interval() * 1000));
        }
        if (series.isEmpty()) {
          throw new IOException("the rule " + r.record() + " records nothing: " + answer);
        }
        write(blocks, ++number, series);
      }
    }
  }

  private static SampleColumns samples(JsonNode series, long interval) {
    SampleColumns out = new SampleColumns();
    for (JsonNode p : series.path("values")) {
      long t = PrometheusVerdicts.millis(p);
      int n = out.size();
      if (n > 0 && out.times()[n - 1] + interval < t) {
        out.add(out.times()[n - 1] + interval, Stale.MARKER);
      }
      out.add(t, PrometheusVerdicts.parse(p.get(1).asString()));
    }
    out.add(out.times()[out.size() - 1] + interval, Stale.MARKER);
    return out;
  }

  private static void write(Path blocks, int number, SortedMap<Labels, SampleColumns> series)
      throws IOException {
    SortedSet<String> symbols = new TreeSet<>(Utf8Order.COMPARATOR);
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (Map.Entry<Labels, SampleColumns> s : series.entrySet()) {
      s.getKey()
          .forEach((name, value) -> {
            symbols.add(name);
            symbols.add(value);
          });
      min = Math.min(min, s.getValue().times()[0]);
      max = Math.max(max, s.getValue().times()[s.getValue().size() - 1]);
    }
    Ulid ulid = Ulid.of(number, new byte[10]);
    BlockDescription block = new BlockDescription(ulid, min, max + 1, 1, Map.of());
    try (BlockWriter w = BlockWriter.create(blocks, block, symbols)) {
      for (Map.Entry<Labels, SampleColumns> s : series.entrySet()) {
        w.add(s.getKey(), ChunkCutter.cut(s.getValue(), 0, s.getValue().size(), 120));
      }
      w.finish();
    }
  }
}
