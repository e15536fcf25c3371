package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.http.ApiServer;
import io.lamella.promql.differential.Oracle;
import io.lamella.promql.differential.RandomRequests;
import io.lamella.promql.real.RecordedAnswers;
import io.lamella.promql.real.RecordedSamples;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Random expressions over random blocks, converted and served over HTTP, have the results of
/// Prometheus' engine, histograms as the API writes them included. `DifferentialTest` in promql
/// compares engines over samples in memory and explains known differences; here only the requests
/// are compared whose results are equal in memory.
///
/// `-Dlamella.differential.http=5000 -Dlamella.differential.seed=7` sets the number of expressions
/// for each kind of blocks and another seed.
class DifferentialHttpTest {
  private static final int COUNT = Integer.getInteger("lamella.differential.http", 250);
  private static final long SEED = Long.getLong("lamella.differential.seed", 20_26L);

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"floats", "histograms", "starttimes"})
  void randomExpressionsOverHttpHaveTheResultsOfPrometheus(String kind) throws Exception {
    Oracle oracle = Oracle.findOrSkip(Path.of("target", "differential"));
    Path blocks = oracle.write(kind, SEED);
    List<JsonNode> dump = oracle.dump(blocks);
    RecordedAnswers inMemory = new RecordedAnswers(RecordedSamples.load(dump), Set.of());
    List<String> requests = RandomRequests.of(dump, new Random(SEED)).next(COUNT);
    List<JsonNode> expected = oracle.eval(blocks, requests, List.of());
    ConvertedBlocks.convert(blocks, directory.resolve("bucket"));
    List<String> differences = new ArrayList<>();
    int compared = 0;
    try (ObjectStore store = DirectoryObjectStore.open(directory.resolve("bucket"));
        Gateway gateway = Gateway.open(store, ConvertedBlocks.wholeLanguage());
        ApiServer server =
            gateway.serve(ApiServer.HttpOptions.LOCAL, new ApiServer.BuildInfo("test", ""));
        HttpClient client = HttpClient.newHttpClient()) {
      RecordedResponses http = new RecordedResponses("http://127.0.0.1:" + server.port(), client);
      for (JsonNode e : expected) {
        if (Oracle.hasCrashed(e) || !inMemory.compare(e).isEmpty()) {
          continue;
        }
        compared++;
        Optional<String> difference = http.difference(e);
        difference.ifPresent(differences::add);
      }
    }
    assertEquals(
        "", String.join("\n", differences), () -> "seed " + SEED + ", " + kind + " blocks");
    assertTrue(compared >= COUNT * 8 / 10, compared + " of " + COUNT + " requests compared");
  }
}
