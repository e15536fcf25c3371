package io.lamella.cli.backtest;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.cli.ConvertedBlocks;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.backtest.BacktestLimits;
import io.lamella.gateway.backtest.BacktestService;
import io.lamella.gateway.backtest.SlotCheck;
import io.lamella.gateway.backtest.request.BacktestReader;
import io.lamella.promql.differential.Oracle;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Other times for windows over real blocks: each slot, proposed or rejected, is what a backtest of
/// its own says that has the window there. `-Dlamella.proposals=100` for more of them.
class ProposedTimesTest {
  private static final Path EXAMPLE = Path.of("..", "backtest", "maintenance.yml");
  private static final int COUNT = Integer.getInteger("lamella.proposals", 20);

  @TempDir Path directory;

  private record Count(int accepted, int rejected) {}

  private static Count check(Path bucket, List<String> requests) throws Exception {
    int accepted = 0;
    int rejected = 0;
    try (ObjectStore store = DirectoryObjectStore.open(bucket);
        Gateway gateway = Gateway.open(store, ConvertedBlocks.wholeLanguage())) {
      BacktestService service = new BacktestService(gateway.queries(), BacktestLimits.DEFAULT);
      for (String request : requests) {
        SlotCheck check = new SlotCheck(service, BacktestReader.read(request));
        try {
          check.check();
        } catch (AssertionError e) {
          throw new AssertionError(e.getMessage() + "\n" + request, e);
        }
        accepted += check.accepted();
        rejected += check.rejected();
      }
    }
    return new Count(accepted, rejected);
  }

  @Test
  void slotsOfTheExampleAreJudgedLikeWindowsThere() throws Exception {
    Path bucket = directory.resolve("demo");
    ConvertedBlocks.convert(ConvertedBlocks.demo(), bucket);
    Count count = check(bucket, List.of(Files.readString(EXAMPLE)));

    assertTrue(count.accepted() >= 6 && count.rejected() >= 6, count::toString);
  }

  @Test
  void slotsOfRandomBacktestsAreJudgedLikeWindowsThere() throws Exception {
    Oracle oracle = Oracle.findOrSkip(directory.resolve("oracle"));
    for (RandomBacktest.Kind kind : RandomBacktest.Kind.values()) {
      Path bucket = directory.resolve(kind.name());
      ConvertedBlocks.convert(oracle.write(kind.blocks, 1), bucket);
      List<String> requests = new ArrayList<>();
      for (int i = 0; i < COUNT / 2; i++) {
        RandomBacktest b = RandomBacktest.of(7_000_000 + i, kind);
        requests.add(
            b.request.substring(0, b.request.lastIndexOf('}'))
                + ",\n\"propose\": {\"horizon\": \"2d\", \"step\": \"80m\", \"count\": 2}}");
      }
      Count count = check(bucket, requests);
      assertTrue(count.rejected() > COUNT, kind + " " + count);
    }
  }
}
