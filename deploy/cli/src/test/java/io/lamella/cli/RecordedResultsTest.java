package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.http.ApiServer;
import io.lamella.storage.RecordedSamples;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Compares Prometheus' results over its own blocks with ours over the same blocks, converted.
class RecordedResultsTest {
  @TempDir Path directory;

  private List<String> differences(Path blocks, Path responses, int atLeast)
      throws IOException, InterruptedException {
    ConvertedBlocks.convert(blocks, directory.resolve("bucket"));
    List<String> out = new ArrayList<>();
    try (ObjectStore store = DirectoryObjectStore.open(directory.resolve("bucket"));
        Gateway gateway = Gateway.open(store, ConvertedBlocks.wholeLanguage());
        ApiServer server =
            gateway.serve(ApiServer.HttpOptions.LOCAL, new ApiServer.BuildInfo("test", ""));
        HttpClient client = HttpClient.newHttpClient()) {
      RecordedResponses ours = new RecordedResponses("http://127.0.0.1:" + server.port(), client);
      List<JsonNode> recorded = RecordedResponses.read(responses);
      assertTrue(recorded.size() >= atLeast, () -> recorded.size() + " responses recorded");
      for (JsonNode r : recorded) {
        Optional<String> difference = ours.difference(r);
        difference.ifPresent(out::add);
      }
    }
    return out;
  }

  @Test
  void queriesOverTheDemoBlocksHaveTheResultsOfPrometheus() throws Exception {
    Path responses = Path.of("src", "test", "resources", "golden", "demo.answers.jsonl.gz");

    assertEquals("", String.join("\n", differences(ConvertedBlocks.demo(), responses, 120)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"floats", "histograms", "starttimes"})
  void randomExpressionsOverRealBlocksHaveTheResultsOfPrometheus(String set) throws Exception {
    Path responses = RecordedSamples.recorded(set + ".answers.jsonl.gz");

    List<String> differences =
        differences(RecordedSamples.directory().resolve(set), responses, 450);

    assertEquals("", String.join("\n", differences), () -> differences.size() + " of 450 differ");
  }
}
