package io.lamella.cli.thanos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.lamella.gateway.http.ApiServer.HttpOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// The queries of a real promtool, where one is installed.
class PromtoolTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path PROMTOOL = Path.of("/usr/bin/promtool");
  private static final String TIME = "1735704000";

  @TempDir Path directory;

  @BeforeEach
  void findPromtool() {
    if (!Files.isExecutable(PROMTOOL)) {
      abort("not run: there is no " + PROMTOOL);
    }
  }

  private HttpGateway gateway() throws Exception {
    Path bucket = directory.resolve("bucket");
    GrpcGateway.publish("floats", bucket, "cluster", "a");
    return HttpGateway.open(bucket, HttpOptions.LOCAL);
  }

  private String promtool(HttpGateway gateway, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(PROMTOOL.toString(), "query"));
    for (String a : arguments) {
      command.add(a.equals("URL") ? "http://127.0.0.1:" + gateway.port() : a);
    }
    Path out = directory.resolve("out");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    assertTrue(process.waitFor(1, TimeUnit.MINUTES), () -> command + " did not end");
    String text = Files.readString(out, StandardCharsets.UTF_8);
    assertEquals(0, process.exitValue(), () -> command + ": " + text);
    return text;
  }

  private static JsonNode results(String text) throws IOException {
    return JSON.readTree(text);
  }

  @Test
  void instantQueriesHaveTheResultsOfTheApi() throws Exception {
    try (HttpGateway gateway = gateway()) {
      for (String query : List.of("up", "sum by (job) (rate(edge_http_requests_total[10m]))")) {
        JsonNode expected =
            gateway.json("/api/v1/query", "query", query, "time", TIME).get("data").get("result");
        assertTrue(!expected.isEmpty(), query);
        assertEquals(
            expected,
            results(promtool(gateway, "instant", "-o", "json", "--time=" + TIME, "URL", query)));
      }
    }
  }

  @Test
  void rangeQueriesHaveTheResultsOfTheApi() throws Exception {
    String end = "1735707600";
    try (HttpGateway gateway = gateway()) {
      JsonNode expected =
          gateway
              .json("/api/v1/query_range", "query", "up", "start", TIME, "end", end, "step", "60")
              .get("data")
              .get("result");
      assertTrue(!expected.isEmpty());
      assertEquals(
          expected,
          results(
              promtool(
                  gateway,
                  "range",
                  "-o",
                  "json",
                  "--start=" + TIME,
                  "--end=" + end,
                  "--step=60s",
                  "URL",
                  "up")));
    }
  }

  @Test
  void seriesAndLabelsAreThoseOfTheApi() throws Exception {
    String[] range = {"start", TIME, "end", "1735707600"};
    try (HttpGateway gateway = gateway()) {
      JsonNode series =
          gateway
              .json("/api/v1/series", "match[]", "up", range[0], range[1], range[2], range[3])
              .get("data");
      JsonNode told =
          results(
              promtool(
                  gateway,
                  "series",
                  "-o",
                  "json",
                  "--match=up",
                  "--start=" + range[1],
                  "--end=" + range[3],
                  "URL"));
      assertEquals(series, told);

      TreeSet<String> values = new TreeSet<>();
      gateway
          .json("/api/v1/label/__name__/values", range)
          .get("data")
          .forEach(v -> values.add(v.asString()));
      TreeSet<String> labels =
          new TreeSet<>(
              promtool(
                      gateway,
                      "labels",
                      "--start=" + range[1],
                      "--end=" + range[3],
                      "URL",
                      "__name__")
                  .lines()
                  .toList());
      assertTrue(values.size() > 2);
      assertEquals(values, labels);
    }
  }
}
