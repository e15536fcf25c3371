package io.lamella.gateway.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.log.LoggedQuery.Cost;
import io.lamella.gateway.log.LoggedQuery.Fetched;
import io.lamella.gateway.log.LoggedQuery.Params;
import io.lamella.gateway.log.LoggedQuery.Request;
import io.lamella.gateway.log.LoggedQuery.Samples;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.gateway.metrics.QueryLogMetrics;
import io.lamella.gateway.metrics.QueryLogMetrics.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(30)
class QueryLogTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path directory;

  private final QueryLogMetrics metrics = new GatewayMetrics().queryLog(QueryLogMetrics.Log.ALL);

  private static LoggedQuery query(String expression, Duration total) {
    return new LoggedQuery(
        Instant.ofEpochSecond(1_748_829_600),
        new Request("192.0.2.7", "GET", "/api/v1/query_range"),
        new Params(
            expression,
            Instant.ofEpochSecond(1_748_820_000),
            Instant.ofEpochSecond(1_748_829_000),
            Duration.ofSeconds(60)),
        new Cost(
            Duration.ofMillis(2),
            total.minusMillis(2),
            total,
            new Samples(1200, 40),
            new Fetched(3, 2, 4096)),
        Optional.empty(),
        Optional.empty());
  }

  private List<String> written(Duration threshold, LoggedQuery... queries) throws IOException {
    Path file = directory.resolve("queries.log");
    try (QueryLog log = QueryLog.open(file, threshold, metrics)) {
      for (LoggedQuery q : queries) {
        log.log(q);
      }
    }
    return Files.readAllLines(file);
  }

  @Test
  void aQueryIsALineInTheShapeOfPrometheusQueryLog() throws IOException {
    List<String> lines = written(Duration.ZERO, query("up", Duration.ofMillis(5)));

    assertEquals(
        List.of(
            "{\"ts\":\"2025-06-02T02:00:00Z\",\"params\":{\"query\":\"up\",\"start\":\"2025-06-01T23:20:00Z\",\"end\":\"2025-06-02T01:50:00Z\",\"step\":60.0},"
                + "\"stats\":{\"timings\":{\"evalTotalTime\":0.003,\"execQueueTime\":0.002,\"execTotalTime\":0.005},"
                + "\"samples\":{\"totalQueryableSamples\":1200,\"peakSamples\":40},\"store\":{\"series\":3,\"reads\":2,\"bytes\":4096}},"
                + "\"httpRequest\":{\"clientIP\":\"192.0.2.7\",\"method\":\"GET\",\"path\":\"/api/v1/query_range\"}}"),
        lines);
  }

  @Test
  void anyTextStaysOnOneLineAndIsTheSameAfterParsing() throws IOException {
    StringBuilder text = new StringBuilder("\"\\\u2028\u2029\ud83d\ude00\u0085\u009f");
    for (char c = 0; c < 0x20; c++) {
      text.append(c);
    }

    List<String> lines = written(Duration.ZERO, query(text.toString(), Duration.ofMillis(5)));

    assertEquals(1, lines.size());
    JsonNode line = JSON.readTree(lines.getFirst());
    assertEquals(text.toString(), line.get("params").get("query").asString());
    assertTrue(
        lines.getFirst().chars().noneMatch(Character::isISOControl),
        "control characters are escaped");
  }

  @Test
  void aLongExpressionIsCut() throws IOException {
    List<String> lines =
        written(Duration.ZERO, query("\u0001".repeat(1 << 20), Duration.ofMillis(5)));

    assertTrue(lines.getFirst().length() < 7 * LoggedQuery.MAX_EXPRESSION);
    String logged = JSON.readTree(lines.getFirst()).get("params").get("query").asString();
    assertTrue(logged.endsWith("… (1048576 characters)"), "its length is logged");
  }

  /// Hundreds of queries of ten megabytes may wait for the disk.
  @Test
  void aQueryThatWaitsForTheDiskIsCutAlready() {
    String text = "x".repeat(10 << 20);
    LoggedQuery waiting = query(text, Duration.ZERO);
    LoggedQuery failed =
        new LoggedQuery(
            waiting.ended(),
            waiting.request(),
            waiting.params(),
            waiting.cost(),
            Optional.of(text),
            Optional.empty());

    assertTrue(failed.params().query().length() < 2 * LoggedQuery.MAX_EXPRESSION);
    assertTrue(failed.error().orElseThrow().length() < LoggedQuery.MAX_EXPRESSION);
  }

  @Test
  void onlyQueriesThatReachTheThresholdAreLogged() throws IOException {
    Duration threshold = Duration.ofSeconds(1);

    List<String> lines =
        written(
            threshold,
            query("fast", threshold.minusNanos(1)),
            query("slow", threshold),
            query("slower", threshold.plusSeconds(1)));

    assertEquals(
        List.of("slow", "slower"),
        lines.stream().map(l -> JSON.readTree(l).get("params").get("query").asString()).toList());
  }

  private void awaitWritten(long lines) throws InterruptedException {
    while (metrics.count(Line.WRITTEN) < lines) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Test
  void afterARotationTheLogGoesOnInANewFile() throws Exception {
    Path file = directory.resolve("queries.log");
    Path rotated = directory.resolve("queries.log.1");
    try (QueryLog log = QueryLog.open(file, Duration.ZERO, metrics)) {
      log.log(query("before", Duration.ofMillis(5)));
      awaitWritten(1);

      Files.move(file, rotated);
      log.log(query("after", Duration.ofMillis(5)));
      awaitWritten(2);

      Files.move(file, directory.resolve("queries.log.2"));
      Files.createFile(file);
      log.log(query("last", Duration.ofMillis(5)));
    }

    assertTrue(Files.readString(rotated).contains("\"before\""));
    assertTrue(Files.readString(directory.resolve("queries.log.2")).contains("\"after\""));
    assertTrue(Files.readString(file).contains("\"last\""));
  }

  @Test
  void whereTheFileCannotBeWrittenNoQueryWaitsAndLinesAreCounted() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("logs"));
    Path file = folder.resolve("queries.log");
    int queries = 10 * QueryLog.MAX_QUEUED;
    try (QueryLog log = QueryLog.open(file, Duration.ZERO, metrics)) {
      Files.delete(file);
      Files.delete(folder);
      for (int i = 0; i < queries; i++) {
        log.log(query("up", Duration.ofMillis(5)));
      }
    }

    assertEquals(0, metrics.count(Line.WRITTEN));
    assertEquals(queries, metrics.count(Line.DROPPED) + metrics.count(Line.FAILED));
    assertTrue(metrics.count(Line.FAILED) > 0);
  }

  @Test
  void aFileThatCannotBeOpenedIsReported() {
    assertThrows(
        IOException.class,
        () -> QueryLog.open(directory.resolve("none/queries.log"), Duration.ZERO, metrics));
  }
}
