package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.gateway.ReadPath;
import io.lamella.gateway.catalog.BlockCatalog;
import io.lamella.gateway.catalog.EarlyRefresh;
import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.MemoryPool;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.gateway.select.BlockSource;
import io.lamella.promql.SmallParts;
import io.lamella.promql.exec.Workers;
import io.lamella.promql.real.RecordedAnswers;
import io.lamella.storage.RecordedSamples;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Several threads decode and evaluate the series of converted blocks, two at a time: the results
/// are Prometheus'.
class ThreadedResultsTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"floats", "histograms", "starttimes"})
  void resultsOverPartsOfBlocksAreThoseOfPrometheus(String set) throws Exception {
    ConvertedBlocks.convert(RecordedSamples.directory().resolve(set), directory.resolve("bucket"));
    Workers workers = SmallParts.workers();
    List<String> differences = new ArrayList<>();
    try (ObjectStore store = DirectoryObjectStore.open(directory.resolve("bucket"));
        ReadPath reads =
            ReadPath.open(store, ConvertedBlocks.wholeLanguage(), new GatewayMetrics())) {
      BlockCatalog catalog = reads.openCatalog("");
      catalog.refresh();
      BlockSource source =
          new BlockSource(catalog, reads.blocks(), new EarlyRefresh(() -> {}), workers.permits());
      for (JsonNode recorded :
          RecordedResponses.read(RecordedSamples.recorded(set + ".answers.jsonl.gz"))) {
        try (MemoryPool.Lease memory = new MemoryPool(1L << 30).lease()) {
          QueryBudget budget = new QueryBudget(FetchLimits.NONE, memory, Optional.empty());
          String difference =
              new RecordedAnswers(source.series(budget), Set.of(), 1e-9, workers).compare(recorded);
          if (!difference.isEmpty()) {
            differences.add(recorded.get("query").asString() + ": " + difference);
          }
        }
      }
    }
    assertEquals(List.of(), differences);
    assertEquals(0, workers.running());
  }
}
