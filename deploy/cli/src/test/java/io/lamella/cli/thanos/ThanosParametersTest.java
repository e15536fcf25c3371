package io.lamella.cli.thanos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.http.ApiServer.HttpOptions;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// The parameters of Thanos Query at all endpoints that have them.
class ThanosParametersTest {
  private static final List<String[]> ENDPOINTS =
      List.of(
          new String[] {"/api/v1/query", "query", "up", "time", "1735704000"},
          new String[] {
            "/api/v1/query_range",
            "query",
            "up",
            "start",
            "1735704000",
            "end",
            "1735704060",
            "step",
            "60"
          },
          new String[] {"/api/v1/series", "match[]", "up"},
          new String[] {"/api/v1/labels", "match[]", "up"},
          new String[] {"/api/v1/label/job/values", "match[]", "up"});

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  private static HttpResponse<String> ask(HttpGateway gateway, String[] endpoint, String... more)
      throws Exception {
    List<String> parameters = new ArrayList<>(List.of(endpoint));
    String path = parameters.removeFirst();
    parameters.addAll(List.of(more));
    return gateway.get(path, parameters.toArray(String[]::new));
  }

  private static JsonNode found(HttpGateway gateway, String[] endpoint, String... more)
      throws Exception {
    HttpResponse<String> response = ask(gateway, endpoint, more);
    assertEquals(200, response.statusCode(), response::body);
    JsonNode data = JSON.readTree(response.body()).get("data");
    return data.isArray() ? data : data.get("result");
  }

  private Path bucket() throws Exception {
    Path bucket = directory.resolve("bucket");
    GrpcGateway.publish("floats", bucket, "cluster", "a");
    return bucket;
  }

  @Test
  void storesAreSelectedByTheirAddressOnly() throws Exception {
    try (HttpGateway gateway = HttpGateway.open(bucket(), HttpOptions.LOCAL)) {
      String name =
          gateway.json("/api/v1/stores").get("data").get("store").get(0).get("name").asString();
      for (String[] endpoint : ENDPOINTS) {
        JsonNode all = found(gateway, endpoint);
        assertFalse(all.isEmpty());
        for (String matching :
            List.of(
                "{__address__=\"" + name + "\"}",
                "{__address__=~\"" + name + "|other\"}",
                "{cluster=\"none\"}")) {
          assertEquals(all, found(gateway, endpoint, "storeMatch[]", matching), matching);
        }
        assertTrue(found(gateway, endpoint, "storeMatch[]", "{__address__=\"other\"}").isEmpty());
        assertEquals(
            all,
            found(
                gateway,
                endpoint,
                "storeMatch[]",
                "{__address__=\"other\"}",
                "storeMatch[]",
                "{__address__=\"" + name + "\"}"));
      }
    }
  }

  @Test
  void parametersThatChangeNothingHereAreAccepted() throws Exception {
    try (HttpGateway gateway = HttpGateway.open(bucket(), HttpOptions.LOCAL)) {
      for (String[] endpoint : ENDPOINTS) {
        JsonNode all = found(gateway, endpoint);
        for (String[] more :
            new String[][] {
              {"max_source_resolution", "auto"},
              {"max_source_resolution", "1h"},
              {"max_source_resolution", "300"},
              {"max_source_resolution", "0s"},
              {"partial_response", "true"},
              {"partial_response", "F"},
              {"engine", "thanos"},
              {"engine", "prometheus"},
              {"analyze", "true"},
              {"shard_info", "{\"total_shards\":1}"}
            }) {
          assertEquals(all, found(gateway, endpoint, more), more[0] + "=" + more[1]);
        }
      }
    }
  }

  @Test
  void badValuesAreErrorsInTheWordsOfThanos() throws Exception {
    String[][] cases = {
      {
        "max_source_resolution",
        "x",
        "'max_source_resolution' parameter: cannot parse \"x\" to a valid duration"
      },
      {
        "max_source_resolution",
        "-5",
        "negative 'max_source_resolution' is not accepted. Try a positive integer"
      },
      {
        "partial_response",
        "maybe",
        "'partial_response' parameter: strconv.ParseBool: parsing \"maybe\": invalid syntax"
      },
      {"dedup", "no", "'dedup' parameter: strconv.ParseBool: parsing \"no\": invalid syntax"},
      {"engine", "x", "'x' bad engine"},
      {"storeMatch[]", "{a=", "1:4: parse error: unexpected end of input inside braces"},
      {
        "shard_info",
        "{\"shard_index\":0,\"total_shards\":2,\"by\":true}",
        "cannot evaluate a part of the series: shard_info is not supported here"
      }
    };
    try (HttpGateway gateway = HttpGateway.open(bucket(), HttpOptions.LOCAL)) {
      for (String[] endpoint : ENDPOINTS) {
        for (String[] c : cases) {
          HttpResponse<String> response = ask(gateway, endpoint, c[0], c[1]);
          assertEquals(400, response.statusCode(), () -> endpoint[0] + " " + c[0]);
          assertEquals(c[2], JSON.readTree(response.body()).get("error").asString());
        }
      }
    }
  }

  @Test
  void aPartialResponseLacksOnlyWhatCannotBeReadAndSaysSo() throws Exception {
    Path bucket = bucket();
    Path meta;
    try (Stream<Path> files = Files.walk(bucket)) {
      meta = files.filter(f -> f.endsWith("meta.json")).sorted().findFirst().orElseThrow();
    }
    Files.writeString(meta, "{");
    Files.delete(bucket.resolve("catalog.json"));
    String block = meta.getParent().getFileName().toString();
    try (HttpGateway gateway = HttpGateway.open(bucket, HttpOptions.LOCAL)) {
      for (String[] endpoint :
          List.of(
              new String[] {
                "/api/v1/query", "query", "count_over_time(up[10000d])", "time", "1767225600"
              },
              ENDPOINTS.get(2),
              ENDPOINTS.get(3),
              ENDPOINTS.get(4))) {
        HttpResponse<String> whole = ask(gateway, endpoint);
        HttpResponse<String> partial = ask(gateway, endpoint, "partial_response", "true");

        assertEquals(500, whole.statusCode(), whole::body);
        assertTrue(whole.body().contains(block), whole::body);
        assertEquals(200, partial.statusCode(), partial::body);
        JsonNode warnings = JSON.readTree(partial.body()).get("warnings");
        assertTrue(warnings.get(0).asString().contains(block), partial::body);
      }
    }
  }
}
