package io.lamella.cli.backtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.cli.backtest.RandomBacktest.Kind;
import io.lamella.storage.RecordedSamples;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Verdicts are those that were recorded from Prometheus' engine, where the engine itself is not at
/// hand. [RandomBacktestsTest] has more of them.
class RecordedBacktestsTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir Path directory;

  /// The file with the backtests of a kind.
  static Path file(Kind kind) {
    return RecordedSamples.inProject("deploy", "cli", "src", "test", "resources", "backtests")
        .resolve(kind.name().toLowerCase(Locale.ROOT) + ".jsonl.gz");
  }

  /// The blocks over which they were recorded.
  static Path blocks(Kind kind) {
    return RecordedSamples.directory().resolve(kind.blocks);
  }

  private static List<BacktestCase> recorded(Kind kind) throws IOException {
    List<BacktestCase> out = new ArrayList<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file(kind))), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        JsonNode c = JSON.readTree(line);
        SortedMap<String, String> verdicts = new TreeMap<>();
        c.path("verdicts")
            .properties()
            .forEach(v -> verdicts.put(v.getKey(), v.getValue().asString()));
        out.add(new BacktestCase(c.path("request").asString(), verdicts));
      }
    }
    return out;
  }

  @ParameterizedTest
  @EnumSource
  void verdictsAreThoseThatFollowedFromPrometheusAnswers(Kind kind) throws Exception {
    List<BacktestCase> cases = recorded(kind);
    BacktestCase.judging(
        blocks(kind),
        directory.resolve("bucket"),
        judge -> {
          for (BacktestCase c : cases) {
            SortedMap<String, String> actual = judge.verdicts(c.request());
            assertEquals(c.completed(actual).verdicts(), actual, c::request);
          }
        });
    assertTrue(cases.size() >= 30, () -> cases.size() + " backtests");
  }
}
