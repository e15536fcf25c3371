package io.lamella.cli.backtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.cli.backtest.RandomBacktest.Kind;
import io.lamella.promql.differential.Oracle;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Verdicts are those that follow from Prometheus' own range queries: random backtests over real
/// blocks, each verdict computed once more from the answers of Prometheus' engine and a plain state
/// machine. `-Dlamella.backtests=1000` for more of them, `-Dlamella.backtest.seed` for others.
class RandomBacktestsTest {
  private static final int COUNT = Integer.getInteger("lamella.backtests", 100);
  private static final long SEED = Long.getLong("lamella.backtest.seed", 1);

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void verdictsFollowFromPrometheusAnswers(Kind kind) throws Exception {
    Oracle oracle = Oracle.findOrSkip(directory.resolve("oracle"));
    Path blocks = oracle.write(kind.blocks, SEED);
    List<Long> seeds = LongStream.range(0, COUNT / 2).mapToObj(i -> SEED * 1_000_000 + i).toList();
    List<BacktestCase> cases =
        BacktestCase.random(kind, blocks, seeds, oracle, directory.resolve("all"));
    BacktestCase.judging(
        blocks,
        directory.resolve("bucket"),
        judge -> {
          for (BacktestCase c : cases) {
            var actual = judge.verdicts(c.request());
            assertEquals(c.completed(actual).verdicts(), actual, c::request);
          }
        });
    long conflicts =
        cases.stream()
            .flatMap(c -> c.verdicts().values().stream())
            .filter(v -> v.startsWith("conflict "))
            .count();
    assertTrue(conflicts > COUNT / 4, () -> conflicts + " conflicts");
    System.out.printf(
        "%s: %d verdicts, %d conflicts, all equal; %d crashes of Prometheus%n",
        kind,
        cases.stream().mapToInt(c -> c.verdicts().size()).sum(),
        conflicts,
        cases.stream()
            .flatMap(c -> c.verdicts().values().stream())
            .filter(BacktestCase.UNKNOWN::equals)
            .count());
  }
}
