package io.lamella.cli.thanos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.cli.ConvertedBlocks;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.http.ApiServer;
import io.lamella.gateway.http.ApiServer.HttpOptions;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Queries over two replicas with the same samples, with the parameters of Thanos Query.
class DeduplicationTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;
  private final HttpClient client = HttpClient.newHttpClient();
  private ObjectStore store;
  private Gateway gateway;
  private ApiServer server;

  @BeforeEach
  void serve() throws Exception {
    Path bucket = directory.resolve("bucket");
    Replicas.publish(bucket);
    store = DirectoryObjectStore.open(bucket);
    gateway = Gateway.open(store, ConvertedBlocks.withoutPageCache());
    server =
        gateway.serve(
            HttpOptions.LOCAL.withReplicaLabels(Set.of("replica")),
            new ApiServer.BuildInfo("t", ""));
  }

  @AfterEach
  void close() throws Exception {
    server.close();
    gateway.close();
    store.close();
    client.close();
  }

  private JsonNode ask(String query, String more) throws Exception {
    String body =
        client
            .send(
                HttpRequest.newBuilder(
                        URI.create(
                            "http://127.0.0.1:"
                                + server.port()
                                + "/api/v1/query_range?start=1735700000&end=1735707200&step=60&query="
                                + URLEncoder.encode(query, StandardCharsets.UTF_8)
                                + more))
                    .build(),
                BodyHandlers.ofString())
            .body();
    JsonNode result = JSON.readTree(body).get("data").get("result");
    assertTrue(!result.isEmpty(), body);
    return result;
  }

  @Test
  void replicasAreReadAsOneSeries() throws Exception {
    for (String query :
        new String[] {
          "sum by (dc_id) (up)",
          "rate(edge_http_requests_total[10m])",
          "count_over_time(temperature_celsius[30m])",
          "sum by (replica) (up)"
        }) {
      String one =
          query
              .replace("up", "up{replica=\"r0\"}")
              .replace("total", "total{replica=\"r0\"}")
              .replace("celsius", "celsius{replica=\"r0\"}");
      assertEquals(ask(one, ""), ask(query, ""), query);
    }
  }

  @Test
  void aQueryMayAskForReplicasApart() throws Exception {
    assertEquals(2 * ask("up", "").size(), ask("up", "&dedup=false").size());
    assertEquals(
        ask("up", "&dedup=false").size(),
        ask("up", "&replicaLabels[]=other".replace("[]", "%5B%5D")).size());
    assertEquals("r0", ask("up", "&dedup=0").get(0).get("metric").get("replica").asString());
  }
}
