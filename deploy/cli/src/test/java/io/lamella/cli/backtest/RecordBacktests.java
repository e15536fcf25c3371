package io.lamella.cli.backtest;

import io.lamella.cli.backtest.RandomBacktest.Kind;
import io.lamella.model.JsonQuote;
import io.lamella.promql.differential.Oracle;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Records backtests and the verdicts that follow from the answers of Prometheus' engine, for
/// [RecordedBacktestsTest]. No test by its name: `PROVENANCE.md` beside them tells how to run it.
class RecordBacktests {
  private static final int COUNT = 40;
  private static final long SEED = 14_000_000;

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void record(Kind kind) throws Exception {
    Oracle oracle = Oracle.findOrSkip(directory.resolve("oracle"));
    List<Long> seeds = LongStream.range(SEED, SEED + COUNT).boxed().toList();
    List<BacktestCase> cases =
        BacktestCase.random(
            kind, RecordedBacktestsTest.blocks(kind), seeds, oracle, directory.resolve("all"));
    try (Writer out =
        new OutputStreamWriter(
            new GZIPOutputStream(Files.newOutputStream(RecordedBacktestsTest.file(kind))),
            StandardCharsets.UTF_8)) {
      for (BacktestCase c : cases) {
        out.append("{\"request\":").append(JsonQuote.quote(c.request())).append(",\"verdicts\":");
        out.append(
            c.verdicts().entrySet().stream()
                .map(v -> JsonQuote.quote(v.getKey()) + ":" + JsonQuote.quote(v.getValue()))
                .collect(Collectors.joining(",", "{", "}}\n")));
      }
    }
  }
}
