package io.lamella.cli.thanos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.http.ApiServer.HttpOptions;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// `/federate` over recorded blocks.
class FederationTest {
  private static final String TIME = "1735704003.5";

  @TempDir Path directory;

  private Path bucket() throws Exception {
    Path bucket = directory.resolve("bucket");
    Replicas.publish(bucket);
    return bucket;
  }

  private static Set<String> lines(HttpResponse<String> response) {
    assertEquals(200, response.statusCode(), response::body);
    Set<String> out = new TreeSet<>();
    response.body().lines().filter(l -> !l.startsWith("#")).forEach(out::add);
    return out;
  }

  /// The lines of `up` as an instant query tells them.
  private static Set<String> expected(HttpGateway gateway, String... more) throws Exception {
    Set<String> out = new TreeSet<>();
    JsonNode times =
        gateway
            .json("/api/v1/query", "query", "timestamp(up) * 1000", "time", TIME, more[0], more[1])
            .get("data")
            .get("result");
    for (JsonNode series : times) {
      StringBuilder labels = new StringBuilder();
      StringBuilder selector = new StringBuilder();
      series
          .get("metric")
          .properties()
          .forEach(l -> {
            String pair = l.getKey() + "=\"" + l.getValue().asString() + "\"";
            labels.append(labels.isEmpty() ? "" : ",").append(pair);
          });
      selector.append("up{").append(labels).append('}');
      String value =
          gateway
              .json("/api/v1/query", "query", selector.toString(), "time", TIME, more[0], more[1])
              .get("data")
              .get("result")
              .get(0)
              .get("value")
              .get(1)
              .asString();
      out.add("up{" + labels + "} " + value + " " + series.get("value").get(1).asString());
    }
    return out;
  }

  @Test
  void theNewestSamplesAreThoseOfAnInstantQueryWithTheirTimes() throws Exception {
    try (HttpGateway gateway = HttpGateway.open(bucket(), HttpOptions.LOCAL)) {
      Set<String> all = lines(gateway.get("/federate", "match[]", "up", "time", TIME));

      assertTrue(all.size() > 2, all::toString);
      assertEquals(expected(gateway, "limit", "0"), all);
    }
  }

  @Test
  void replicasAreReadAsOneSeries() throws Exception {
    HttpOptions options = HttpOptions.LOCAL.withReplicaLabels(Set.of("replica"));
    try (HttpGateway gateway = HttpGateway.open(bucket(), options)) {
      Set<String> one = lines(gateway.get("/federate", "match[]", "up", "time", TIME));
      Set<String> all =
          lines(gateway.get("/federate", "match[]", "up", "time", TIME, "dedup", "false"));

      assertEquals(expected(gateway, "limit", "0"), one);
      assertEquals(2 * one.size(), all.size());
    }
  }

  @Test
  void samplesOlderThanTheLookbackAreNotReturned() throws Exception {
    try (HttpGateway gateway = HttpGateway.open(bucket(), HttpOptions.LOCAL)) {
      assertEquals(Set.of(), lines(gateway.get("/federate", "match[]", "up")));
      assertEquals(Set.of(), lines(gateway.get("/federate")));
    }
  }

  @Test
  void theEarliestTimeHasNoSamplesBeforeIt() throws Exception {
    try (HttpGateway gateway = HttpGateway.open(bucket(), HttpOptions.LOCAL)) {
      for (String time : List.of("-9223372036854775.808", "9223372036854775.807")) {
        assertEquals(
            Set.of(), lines(gateway.get("/federate", "match[]", "up", "time", time)), time);
      }
    }
  }

  @Test
  void failuresAreTextAsInPrometheus() throws Exception {
    try (HttpGateway gateway = HttpGateway.open(bucket(), HttpOptions.LOCAL)) {
      HttpResponse<String> response = gateway.get("/federate", "match[]", "up{");

      assertEquals(400, response.statusCode());
      assertEquals("1:4: parse error: unexpected end of input inside braces\n", response.body());
      assertTrue(response.headers().firstValue("Content-Type").orElse("").startsWith("text/plain"));
      assertEquals(
          422,
          gateway.get("/federate", "match[]", "up", "time", TIME, "max_series", "1").statusCode());
    }
  }
}
