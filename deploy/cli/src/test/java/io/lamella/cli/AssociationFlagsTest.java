package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A real process whose associations are given by a file.
@Timeout(90)
class AssociationFlagsTest {
  private static final String POOLS =
      "associations: [{type: pools, metric: aegis_pool_capacity, from: dc_id, to: pool}]";

  @TempDir Path root;

  private static HttpResponse<String> get(HttpClient client, int port, String type)
      throws Exception {
    String uri =
        "http://127.0.0.1:"
            + port
            + "/api/v1/associations?id=77&time=2025-06-02T02:00:00Z&type="
            + type;
    return client.send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString());
  }

  @Test
  void associationsOfAFileAreServedAndReadAgain() throws Exception {
    ConvertedBlocks.convert(ConvertedBlocks.demo(), root.resolve("bucket"));
    Path file = Files.writeString(root.resolve("associations.yml"), POOLS);
    int port = LaunchedProcess.freePort();
    try (LaunchedProcess process =
            LaunchedProcess.start(
                Files.createDirectory(root.resolve("launcher")),
                List.of(),
                List.of(
                    "serve",
                    "--store",
                    root.resolve("bucket").toString(),
                    "--listen",
                    "127.0.0.1:" + port,
                    "--associations.config-file",
                    file.toString()));
        HttpClient client = HttpClient.newHttpClient()) {
      process.awaitReady(client, port);
      String pools = get(client, port, "pools").body();
      assertTrue(
          pools.startsWith("{\"status\":\"success\",\"data\":{\"77\":[\"pool-004\","), pools);
      assertEquals(400, get(client, port, "egress").statusCode());

      Files.writeString(file, POOLS.replace("type: pools", "type: egress"));
      while (get(client, port, "egress").statusCode() == 400) {
        Thread.onSpinWait();
      }
      assertEquals(pools, get(client, port, "egress").body());
    }
  }

  @Test
  void aFileThatIsWrongIsAnErrorThatNamesTheField() throws Exception {
    String store = Files.createDirectory(root.resolve("bucket")).toString();
    Path file = Files.writeString(root.resolve("associations.yml"), POOLS.replace("to:", "into:"));
    CommandRun run =
        CommandRun.of("serve", "--store", store, "--associations.config-file", file.toString());

    assertEquals(1, run.exitCode(), run::toString);
    assertTrue(
        run.err()
            .contains(
                "cannot read the associations: associations[0].to: is missing [" + file + "]"),
        run::err);
  }
}
