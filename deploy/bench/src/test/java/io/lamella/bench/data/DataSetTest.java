package io.lamella.bench.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.Stale;
import io.lamella.storage.tsdb.TsdbBlock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The data follows from size and seed, and every TSDB reader can open the blocks.
class DataSetTest {
  private static final DataSize TINY = new DataSize("tiny", 1, 1, true, 120);

  @TempDir Path directory;

  private DataSet make(String name, long seed) throws Exception {
    return DataSet.reuseOrGenerate(directory.resolve(name), TINY, seed, line -> {});
  }

  @Test
  void equalSeedsGenerateEqualBlocksAndOtherSeedsOtherBlocks() throws Exception {
    DataSet first = make("first", 7);

    assertEquals(first.digests(), make("again", 7).digests());
    assertNotEquals(first.digests(), make("other", 8).digests());
  }

  @Test
  void existingDataIsReusedAndDamagedDataIsGeneratedAgain() throws Exception {
    DataSet generated = make("data", 7);
    List<String> progress = new ArrayList<>();
    DataSet reused = DataSet.reuseOrGenerate(directory.resolve("data"), TINY, 7, progress::add);
    assertEquals(generated, reused);
    assertTrue(progress.getFirst().contains("as generated before"), progress.toString());

    String block = generated.digests().keySet().iterator().next();
    Files.write(generated.blocks().resolve(block).resolve("index"), new byte[] {1});
    assertEquals(generated, make("data", 7));
  }

  @Test
  void aDirectoryWithOtherFilesIsNotTouched() throws Exception {
    Files.createDirectories(directory.resolve("photos/2025"));

    assertThrows(IOException.class, () -> make("photos", 7));

    assertTrue(Files.exists(directory.resolve("photos/2025")));
  }

  @Test
  void ourReaderFindsEveryGeneratedSample() throws Exception {
    DataSet data = make("data", 7);
    Map<Labels, Integer> read = new TreeMap<>();
    long samples = 0;
    try (Stream<Path> blocks = Files.list(data.blocks())) {
      for (Path p : (Iterable<Path>) blocks::iterator) {
        try (TsdbBlock block = TsdbBlock.open(p)) {
          long[] found = {0};
          block.forEachSeries(entry -> {
            SampleColumns all = new SampleColumns();
            for (int c = 0; c < entry.chunkCount(); c++) {
              block.decode(entry, c, all);
            }
            found[0] += all.size();
            if (block.meta().minTimeMillis() >= TINY.startMillis()) {
              read.merge(block.labels(entry), all.size(), Integer::sum);
            }
          });
          assertEquals(block.meta().samples(), found[0]);
          samples += found[0];
        }
      }
    }

    assertEquals(data.counts().samples(), samples);
    Map<Labels, Integer> expected = new TreeMap<>();
    for (FleetSeries s : Fleet.series(TINY, 7)) {
      expected.merge(s.labels(), s.samples(TINY.endMillis()).size(), Integer::sum);
    }
    assertEquals(expected, read);
  }

  @Test
  void seriesFlipResetEndAndHaveGaps() {
    DataSize days = new DataSize("days", 1, 6, true, 0);
    int flips = 0;
    int resets = 0;
    int ends = 0;
    int gaps = 0;
    for (FleetSeries s : Fleet.series(days, 7)) {
      SampleColumns all = s.samples(days.endMillis());
      String metric = s.labels().metricName();
      for (int i = 1; i < all.size(); i++) {
        double change = all.values()[i] - all.values()[i - 1];
        flips += metric.endsWith("_status") && change != 0 ? 1 : 0;
        resets += metric.equals("edge_http_requests_total") && change < 0 ? 1 : 0;
        gaps += all.times()[i] - all.times()[i - 1] > 60_000 ? 1 : 0;
      }
      ends += all.size() > 0 && Stale.isStale(all.values()[all.size() - 1]) ? 1 : 0;
    }

    assertTrue(flips > 100 && resets > 2 && ends > 50 && gaps > 100);
  }

  /// Runs promtool and returns what it prints.
  private static String promtool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    Process p;
    try {
      p = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      return "";
    }
    String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, p.waitFor(), out);
    return out;
  }

  @Test
  void promtoolListsAnalyzesAndDumpsTheBlocks() throws Exception {
    assumeTrue(promtool("--version").startsWith("promtool"), "no promtool on the PATH");
    DataSet data = make("data", 7);
    Path sandbox = directory.resolve("opened");
    copy(data.blocks(), sandbox);

    String list = promtool("tsdb", "list", sandbox.toString());
    for (String block : data.digests().keySet()) {
      assertTrue(list.contains(block), list);
      promtool("tsdb", "analyze", sandbox.toString(), block);
    }
    Files.createDirectory(sandbox.resolve("wal"));
    String dump =
        promtool(
            "tsdb", "dump", "--match={__name__=\"edge_http_requests_total\"}", sandbox.toString());

    long expected = 0;
    for (FleetSeries s : Fleet.series(TINY, 7)) {
      if (s.labels().metricName().equals("edge_http_requests_total")) {
        expected += s.samples(TINY.endMillis()).size();
      }
    }
    assertEquals(expected, dump.lines().filter(l -> l.startsWith("{")).count());
  }

  /// promtool writes a lock and a log beside the blocks, so it gets a copy.
  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path p : (Iterable<Path>) all::iterator) {
        Path copy = to.resolve(from.relativize(p).toString());
        if (Files.isDirectory(p)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(p, copy);
        }
      }
    }
  }
}
