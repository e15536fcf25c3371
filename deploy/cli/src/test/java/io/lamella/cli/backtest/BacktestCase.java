package io.lamella.cli.backtest;

import io.lamella.cli.ConvertedBlocks;
import io.lamella.cli.backtest.RandomBacktest.Expectation;
import io.lamella.cli.backtest.RandomBacktest.Kind;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.backtest.BacktestLimits;
import io.lamella.gateway.backtest.BacktestService;
import io.lamella.gateway.backtest.Verdict;
import io.lamella.gateway.backtest.request.BacktestReader;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.model.JsonQuote;
import io.lamella.promql.differential.Oracle;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// A backtest and its verdicts by window, shift, constraint and parameters.
record BacktestCase(String request, SortedMap<String, String> verdicts) {
  /// The verdict where Prometheus' engine crashes.
  static final String UNKNOWN = "unknown";

  /// Random backtests over blocks with the verdicts that follow from Prometheus' answers.
  ///
  /// @param work a new directory
  static List<BacktestCase> random(
      Kind kind, Path blocks, List<Long> seeds, Oracle oracle, Path work)
      throws IOException, InterruptedException {
    Path all = blocks;
    if (kind == Kind.RULES) {
      all = copy(blocks, work);
      RecordedRules.record(oracle, all);
    }
    List<RandomBacktest> backtests = seeds.stream().map(s -> RandomBacktest.of(s, kind)).toList();
    List<String> queries =
        backtests.stream()
            .flatMap(b -> b.expected.stream())
            .filter(e -> !e.query().isEmpty())
            .map(BacktestCase::query)
            .toList();
    List<JsonNode> answers = oracle.eval(all, queries, List.of());
    PrometheusVerdicts.Samples samples = new PrometheusVerdicts.Samples(oracle.dump(all));
    List<BacktestCase> out = new ArrayList<>();
    int next = 0;
    for (RandomBacktest b : backtests) {
      SortedMap<String, String> verdicts = new TreeMap<>();
      for (Expectation e : b.expected) {
        String verdict = "error";
        if (!e.query().isEmpty()) {
          JsonNode answer = answers.get(next++);
          verdict =
              Oracle.hasCrashed(answer) ? UNKNOWN : PrometheusVerdicts.expected(e, answer, samples);
        }
        verdicts.put(e.key(), verdict);
      }
      out.add(new BacktestCase(b.request, verdicts));
    }
    return out;
  }

  private static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path f : files.toList()) {
        Path copy = to.resolve(from.relativize(f).toString());
        if (Files.isDirectory(f)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(f, copy);
        }
      }
    }
    return to;
  }

  private static String query(Expectation e) {
    return "{\"query\": "
        + JsonQuote.quote(e.query())
        + ", \"start\": "
        + e.from() * 1000
        + ", \"end\": "
        + e.to() * 1000
        + ", \"step\": "
        + e.step() * 1000
        + "}";
  }

  /// Takes the verdicts of a gateway on a backtest.
  interface Judge {
    SortedMap<String, String> verdicts(String request);
  }

  /// Judges backtests over blocks.
  ///
  /// @param bucket a new directory
  static void judging(Path blocks, Path bucket, java.util.function.Consumer<Judge> with)
      throws IOException, InterruptedException {
    ConvertedBlocks.convert(blocks, bucket);
    try (ObjectStore store = DirectoryObjectStore.open(bucket);
        Gateway gateway = Gateway.open(store, ConvertedBlocks.wholeLanguage())) {
      BacktestService service = new BacktestService(gateway.queries(), BacktestLimits.DEFAULT);
      with.accept(request -> {
        SortedMap<String, String> out = new TreeMap<>();
        service
            .prepare(BacktestReader.read(request), QueryOptions.NONE)
            .run(QueryOptions.NONE, v -> out.put(key(v), text(v)));
        return out;
      });
    }
  }

  private static String key(Verdict v) {
    return RandomBacktest.key(
        v.window(), v.shiftMillis(), v.constraint(), v.parameters().toString());
  }

  private static String text(Verdict v) {
    return v.violation()
        .map(x ->
            PrometheusVerdicts.conflict(
                new long[] {x.firstMillis(), x.lastMillis(), x.totalMillis(), x.longestMillis()},
                x.worst(),
                x.series()))
        .orElse(v.outcome().text());
  }

  /// The same with verdicts instead of unknown ones.
  BacktestCase completed(SortedMap<String, String> actual) {
    SortedMap<String, String> out = new TreeMap<>(verdicts);
    out.replaceAll((key, v) -> v.equals(UNKNOWN) ? actual.getOrDefault(key, "missing") : v);
    return new BacktestCase(request, out);
  }
}
