package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.promql.source.SelectHints;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.storage.RecordedSamples;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.PublishedBucket;
import io.lamella.storage.chunk.ChunkCutter;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import io.lamella.storage.tsdb.write.BlockDescription;
import io.lamella.storage.tsdb.write.BlockWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Histograms of overlapping blocks, merged when the blocks are converted, have the results of
/// Prometheus, which merges them when it reads them.
class OverlappingBlocksTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"counters", "tombstones"})
  void queriesOverMergedHistogramsHaveTheResultsOfPrometheus(String set) throws Exception {
    Path recorded =
        RecordedSamples.inProject(
            "deploy", "cli", "src", "test", "resources", "overlaps", set, "blocks");
    List<JsonNode> answers = RecordedResponses.read(recorded.resolveSibling("answers.jsonl.gz"));
    assertEquals(42, answers.size());

    List<String> differences =
        CompareOverlaps.differences(recorded, directory.resolve("bucket"), answers);

    assertEquals("", String.join("\n", differences), () -> differences.size() + " of 42 differ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"counters", "tombstones"})
  void histogramsOfSeveralPublishedBlocksAreMergedLikewise(String set) throws Exception {
    Path recorded =
        RecordedSamples.inProject(
            "deploy", "cli", "src", "test", "resources", "overlaps", set, "blocks");
    List<JsonNode> answers = RecordedResponses.read(recorded.resolveSibling("answers.jsonl.gz"));

    List<String> differences =
        CompareOverlaps.differencesOfSingleBlocks(recorded, directory, answers);

    assertEquals("", String.join("\n", differences), () -> differences.size() + " of 42 differ");
  }

  @Test
  void atOneInstantThePublishedBlockWithTheLowestUlidWinsWhereverChunksStart() throws Exception {
    long day = RandomBlocks.START;
    // Each starts before the other once, so that its chunks come first once.
    for (int[] minutes : new int[][] {{0, 30}, {30, 0}}) {
      Path root = Files.createDirectory(directory.resolve("from-" + minutes[0]));
      Map<Ulid, Double> values = new TreeMap<>();
      for (int b = 0; b < 2; b++) {
        Path alone = root.resolve("" + b);
        write(alone.resolve("blocks"), b + 1, day + minutes[b] * 60_000L, b + 1);
        ConvertedBlocks.convert(alone.resolve("blocks"), alone.resolve("bucket"));
        try (ObjectStore store = DirectoryObjectStore.open(alone.resolve("bucket"))) {
          values.put(
              new PublishedBucket(store, PublishedBucket.Scope.ALL)
                  .refresh()
                  .visible()
                  .getFirst()
                  .ulid(),
              b + 1.0);
        }
        CompareOverlaps.copy(
            alone.resolve("bucket").resolve("blocks"), root.resolve("all").resolve("blocks"));
      }

      SampleColumns read = new SampleColumns();
      try (ObjectStore store = DirectoryObjectStore.open(root.resolve("all"));
          Gateway gateway = Gateway.open(store, GatewayOptions.defaults());
          SeriesSet all =
              gateway
                  .source()
                  .select(
                      new Selection(
                          List.of(Matcher.of(Matcher.Type.EQUAL, "__name__", "up")),
                          TimeRange.ALL,
                          SelectHints.NONE))) {
        assertTrue(all.next());
        all.read(read);
      }

      assertEquals(130, read.size());
      for (int i = 30; i < 100; i++) {
        assertEquals(values.values().iterator().next(), read.values()[i], "sample " + i);
      }
    }
  }

  private static void write(Path root, int number, long firstMillis, double value)
      throws IOException {
    Labels labels = Labels.of("__name__", "up", "dc_id", "1");
    SampleColumns samples = new SampleColumns();
    for (int i = 0; i < 100; i++) {
      samples.add(firstMillis + i * 60_000L, value);
    }
    BlockDescription block =
        new BlockDescription(
            Ulid.of(number, new byte[10]), firstMillis, firstMillis + 100 * 60_000L, 1, Map.of());
    try (BlockWriter w =
        BlockWriter.create(root, block, new TreeSet<>(List.of("1", "__name__", "dc_id", "up")))) {
      w.add(labels, ChunkCutter.cut(samples, 0, samples.size(), 17));
      w.finish();
    }
  }
}
