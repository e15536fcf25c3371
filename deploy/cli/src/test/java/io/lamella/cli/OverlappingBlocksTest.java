package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.storage.RecordedSamples;
import java.nio.file.Path;
import java.util.List;
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
}
