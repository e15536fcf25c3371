package io.lamella.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QueryTest {
  private static final Instant TIME = Instant.parse("2025-06-02T02:00:00Z");

  private static String success(String data) {
    return "{\"status\":\"success\",\"data\":" + data + ",\"warnings\":[\"a block is missing\"]}";
  }

  @Test
  void aVectorHasASampleForEachSeries() throws Exception {
    try (FakeGateway gateway =
        FakeGateway.answering(
            200,
            success(
                "{\"resultType\":\"vector\",\"result\":[{\"metric\":{\"a\":\"b\"},\"value\":[1748829600,\"-Inf\"]}]}"))) {
      QueryResult result = gateway.client().query("a + b{c=\"&\"}", TIME);

      assertEquals(
          new QueryResult(
              "vector",
              List.of(
                  new QueryResult.Series(
                      Map.of("a", "b"),
                      List.of(new QueryResult.Sample(TIME, Double.NEGATIVE_INFINITY, Map.of())))),
              List.of("a block is missing")),
          result);
      assertEquals("/api/v1/query", gateway.request().path());
      assertEquals(
          List.of("query=a+%2B+b%7Bc%3D%22%26%22%7D", "time=2025-06-02T02%3A00%3A00Z"),
          List.of(gateway.request().body().split("&")).stream().sorted().toList());
    }
  }

  @Test
  void aMatrixHasFloatsAndHistogramsInOrderOfTime() throws Exception {
    try (FakeGateway gateway =
        FakeGateway.answering(
            200,
            success(
                "{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},\"values\":[[1748829600,\"1\"],[1748829720.5,\"3\"]],\"histograms\":[[1748829660,{\"count\":\"2\"}]]}]}"))) {
      QueryResult result =
          gateway.client().queryRange("up", TIME, TIME.plusSeconds(120), Duration.ofMinutes(1));

      assertEquals(
          List.of(
              new QueryResult.Sample(TIME, 1, Map.of()),
              new QueryResult.Sample(TIME.plusSeconds(60), Double.NaN, Map.of("count", "2")),
              new QueryResult.Sample(TIME.plusMillis(120_500), 3, Map.of())),
          result.series().get(0).samples());
      assertEquals(
          "query=up&start=2025-06-02T02%3A00%3A00Z&end=2025-06-02T02%3A02%3A00Z&step=60s",
          gateway.request().body());
    }
  }

  @Test
  void aScalarIsOneSeriesWithoutLabels() throws Exception {
    try (FakeGateway gateway =
        FakeGateway.answering(
            200, success("{\"resultType\":\"scalar\",\"result\":[1748829600,\"7\"]}"))) {
      assertEquals(
          List.of(
              new QueryResult.Series(Map.of(), List.of(new QueryResult.Sample(TIME, 7, Map.of())))),
          gateway.client().query("7", TIME).series());
    }
  }

  @Test
  void aQueryThatFailsHasTheMessageOfTheGateway() throws Exception {
    try (FakeGateway gateway =
        FakeGateway.answering(
            400,
            "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"invalid parameter \\\"query\\\": 1:1: parse error\"}")) {
      LamellaException e =
          assertThrows(LamellaException.class, () -> gateway.client().query("(", TIME));

      assertEquals("invalid parameter \"query\": 1:1: parse error", e.getMessage());
      assertEquals(Optional.empty(), e.field());
    }
  }

  @Test
  void associatedIdsComeByTheIdsThatAreAskedFor() throws Exception {
    try (FakeGateway gateway =
        FakeGateway.answering(200, success("{\"45\":[\"pool-001\",\"pool-004\"],\"46\":[]}"))) {
      assertEquals(
          Map.of("45", List.of("pool-001", "pool-004"), "46", List.of()),
          gateway.client().associations("pools", List.of("45", "46"), TIME));
      assertEquals("/api/v1/associations", gateway.request().path());
      assertEquals(
          "type=pools&id=45&id=46&time=2025-06-02T02%3A00%3A00Z", gateway.request().body());
    }
  }
}
