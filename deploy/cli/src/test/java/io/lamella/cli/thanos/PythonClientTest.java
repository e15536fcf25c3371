package io.lamella.cli.thanos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.http.ApiServer.HttpOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The Python package prometheus-api-client, where `LAMELLA_TEST_PYTHON` (`python3` by default) has
/// it.
class PythonClientTest {
  private static final String START = "1735704000";
  private static final String END = "1735707600";

  @TempDir Path directory;

  private static JsonNode data(HttpGateway gateway, String path, String... parameters)
      throws Exception {
    return gateway.json("/api/v1/" + path, parameters).get("data");
  }

  @Test
  void itsAnswersAreThoseOfTheApi() throws Exception {
    ForeignClient python =
        new ForeignClient(
            Optional.ofNullable(System.getenv("LAMELLA_TEST_PYTHON")).orElse("python3"),
            Map.of("TZ", "UTC"),
            directory);
    python.orAbort("Python package prometheus-api-client", "-c", "import prometheus_api_client");
    Path bucket = directory.resolve("bucket");
    GrpcGateway.publish("floats", bucket, "cluster", "a");
    try (HttpGateway gateway = HttpGateway.open(bucket, HttpOptions.LOCAL)) {
      JsonNode told =
          python.ask(
              "prometheus_api_client_test.py", "http://127.0.0.1:" + gateway.port(), START, END);

      assertTrue(told.get("connected").asBoolean());
      assertEquals(data(gateway, "label/__name__/values"), told.get("metrics"));
      assertTrue(told.get("metrics").size() > 2);
      assertEquals(data(gateway, "labels"), told.get("labels"));
      assertEquals(data(gateway, "label/job/values"), told.get("values"));
      assertEquals(
          data(gateway, "series", "match[]", "up", "start", START, "end", END), told.get("series"));
      assertTrue(!told.get("series").isEmpty());
      JsonNode up = data(gateway, "query", "query", "up", "time", END).get("result");
      assertTrue(!up.isEmpty());
      assertEquals(up, told.get("instant"));
      assertEquals(
          data(gateway, "query", "query", "up{job='edge'}", "time", END).get("result"),
          told.get("current"));
      assertEquals(
          data(gateway, "query_range", "query", "up", "start", START, "end", END, "step", "60")
              .get("result"),
          told.get("range"));
      JsonNode stored =
          data(gateway, "query", "query", "up{job='edge'}[3600s]", "time", END).get("result");
      assertTrue(!stored.isEmpty());
      assertEquals(stored, told.get("stored"));
      assertTrue(told.get("pools").isEmpty());
      assertTrue(told.get("targets").get("activeTargets").isEmpty());
      assertTrue(told.get("metadata").isEmpty());
    }
  }
}
