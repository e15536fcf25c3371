package io.lamella.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BacktestTest {
  private static final BacktestRequest REQUEST = BacktestRequest.ofText("windows: []");
  private static final String START =
      "{\"type\":\"start\",\"request\":\"00ff\",\"engine\":\"lamella 1\",\"blocks\":[\"b/1\"],\"verdicts\":2}\n";
  private static final String OK =
      "{\"type\":\"verdict\",\"window\":\"w\",\"constraint\":\"c\",\"verdict\":\"ok\"}\n";
  private static final String CONFLICT =
      """
      {"type":"verdict","window":"w","shift_seconds":86400,"constraint":"d","parameters":{"limit":"7"},\
      "verdict":"conflict","first":"2025-06-02T02:00:00Z","last":"2025-06-02T02:03:00Z","total_seconds":240,\
      "longest_seconds":180.5,"worst":"+Inf","series":2,"top":[{"metric":{"dc_id":"45"},\
      "first":"2025-06-02T02:00:00Z","last":"2025-06-02T02:01:00Z","total_seconds":120,"worst":"NaN"}],\
      "evidence":{"query":"up","start":"2025-06-02T02:00:00Z","end":"2025-06-02T03:00:00Z",\
      "step_seconds":60,"link":"/api/v1/query_range?query=up"}}
      """;
  private static final String PROGRESS =
      "{\"type\":\"progress\",\"verdicts_done\":1,\"verdicts\":2,\"store_requests\":3,\"store_bytes\":4,\"cached_bytes\":5,\"samples\":6,\"elapsed_seconds\":0.5,\"eta_seconds\":0.25}\n";
  private static final String SUMMARY =
      "{\"type\":\"summary\",\"ok\":1,\"conflict\":1,\"no_data\":0,\"error\":0,\"constraints\":[]}\n";

  @Test
  void verdictsArriveInOrderAndWithAllTheyTell() throws Exception {
    List<Verdict> verdicts = new ArrayList<>();
    List<Progress> progress = new ArrayList<>();
    try (FakeGateway gateway =
            FakeGateway.answering(
                200, START + OK + PROGRESS + "{\"type\":\"later\"}\n" + CONFLICT + SUMMARY);
        RunningBacktest running = gateway.client().backtest(REQUEST)) {
      Summary summary = running.forEach(verdicts::add, progress::add);

      assertEquals(List.of("b/1"), running.blocks());
      assertEquals(
          "00ff lamella 1 2",
          running.request() + " " + running.engine() + " " + running.verdicts());
      assertEquals(1, summary.count(Verdict.Outcome.CONFLICT));
      assertTrue(!summary.isClear());
    }
    Instant two = Instant.parse("2025-06-02T02:00:00Z");
    assertEquals(
        List.of(
            new Verdict(
                "w",
                Duration.ZERO,
                "c",
                Map.of(),
                Verdict.Outcome.OK,
                Optional.empty(),
                Optional.empty(),
                Optional.empty()),
            new Verdict(
                "w",
                Duration.ofDays(1),
                "d",
                Map.of("limit", "7"),
                Verdict.Outcome.CONFLICT,
                Optional.of(
                    new Verdict.Violation(
                        two,
                        two.plusSeconds(180),
                        Duration.ofMinutes(4),
                        Duration.ofMillis(180_500),
                        Double.POSITIVE_INFINITY,
                        2,
                        List.of(
                            new Verdict.OffendingSeries(
                                Map.of("dc_id", "45"),
                                two,
                                two.plusSeconds(60),
                                Duration.ofMinutes(2),
                                Double.NaN)))),
                Optional.empty(),
                Optional.of(
                    new Verdict.Evidence(
                        "up",
                        two,
                        two.plusSeconds(3600),
                        Duration.ofMinutes(1),
                        "/api/v1/query_range?query=up")))),
        verdicts);
    assertEquals(
        List.of(
            new Progress(
                1, 2, 3, 4, 5, 6, Duration.ofMillis(500), Optional.of(Duration.ofMillis(250)))),
        progress);
  }

  @Test
  void aRequestHasTheFieldsOfItsParts() throws Exception {
    Instant start = Instant.parse("2025-06-02T02:00:00Z");
    BacktestRequest request =
        BacktestRequest.builder()
            .step(Duration.ofSeconds(30))
            .range(start, start.plusSeconds(7200))
            .window(new Window("w", start, start.plusSeconds(60)).withLabel("dc_id", "4\"5", "46"))
            .windowsFrom("m > 0")
            .constraint(
                new Constraint("c", "up{dc_id=\"$dc_id\"} < $limit")
                    .withFor(Duration.ofMinutes(5))
                    .withOnNoData(Constraint.OnNoData.OK))
            .group(Map.of("name", "g", "rules", List.of(Map.of("record", "r", "expr", "up"))))
            .sweep("limit", "1", "2")
            .shift(Duration.ZERO, Duration.ofDays(-7))
            .topSeries(3)
            .build();
    try (FakeGateway gateway = FakeGateway.answering(200, START + SUMMARY)) {
      gateway.client().withHeader("X-Scope-OrgID", "team-a").backtest(request).close();

      assertEquals("/api/v1/backtest?format=ndjson", gateway.request().path());
      assertEquals("application/json", gateway.request().contentType());
      assertEquals("team-a", gateway.request().tenant());
      assertEquals(
          Json.object(
              """
              {"step": "30s", "start": "2025-06-02T02:00:00Z", "end": "2025-06-02T04:00:00Z",
               "windows": [{"id": "w", "start": "2025-06-02T02:00:00Z", "end": "2025-06-02T02:01:00Z",
                            "labels": {"dc_id": ["4\\"5", "46"]}}],
               "windows_from": {"expr": "m > 0"},
               "constraints": [{"name": "c", "expr": "up{dc_id=\\"$dc_id\\"} < $limit", "for": "300s",
                                "on_no_data": "ok"}],
               "groups": [{"name": "g", "rules": [{"record": "r", "expr": "up"}]}],
               "sweep": {"limit": ["1", "2"]}, "shift": ["0s", "-604800s"], "detail": {"top_series": 3}}
              """),
          Json.object(gateway.request().body()));
    }
  }

  @Test
  void aRequestThatIsRefusedNamesTheField() throws Exception {
    try (FakeGateway gateway =
        FakeGateway.answering(
            400,
            "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"windows[3].labels.dc_id: is no text: x\"}")) {
      LamellaException e =
          assertThrows(LamellaException.class, () -> gateway.client().backtest(REQUEST));

      assertEquals("windows[3].labels.dc_id: is no text: x", e.getMessage());
      assertEquals(Optional.of("windows[3].labels.dc_id"), e.field());
      assertEquals("400 bad_data", e.status() + " " + e.type());
    }
  }

  @Test
  void anErrorThatIsNotOfTheGatewayIsShownAsItIs() throws Exception {
    try (FakeGateway gateway = FakeGateway.answering(502, "<h1>Bad gateway</h1>\n")) {
      LamellaException e =
          assertThrows(LamellaException.class, () -> gateway.client().backtest(REQUEST));

      assertEquals("HTTP status 502: <h1>Bad gateway</h1>", e.getMessage());
      assertEquals(Optional.empty(), e.field());
    }
  }

  @Test
  void aBacktestThatFailsOnTheWayEndsWithItsError() throws Exception {
    List<Verdict> verdicts = new ArrayList<>();
    try (FakeGateway gateway =
            FakeGateway.answering(
                200,
                START
                    + OK
                    + "{\"type\":\"error\",\"errorType\":\"unavailable\",\"error\":\"store: down\"}\n");
        RunningBacktest running = gateway.client().backtest(REQUEST)) {
      LamellaException e =
          assertThrows(LamellaException.class, () -> running.forEach(verdicts::add));

      assertEquals(
          "200 unavailable store: down", e.status() + " " + e.type() + " " + e.getMessage());
      assertEquals(Optional.empty(), e.field());
      assertEquals(1, verdicts.size());
    }
  }

  @Test
  void aResultWithoutItsEndIsAnError() throws Exception {
    try (FakeGateway gateway = FakeGateway.answering(200, START + OK);
        RunningBacktest running = gateway.client().backtest(REQUEST)) {
      IOException e = assertThrows(IOException.class, () -> running.forEach(v -> {}));

      assertEquals("cannot read the response: it ends without a summary", e.getMessage());
    }
  }

  @Test
  void aLineThatIsNoJsonIsAnError() throws Exception {
    try (FakeGateway gateway = FakeGateway.answering(200, START + "{\"type\":\"verd\n");
        RunningBacktest running = gateway.client().backtest(REQUEST)) {
      IOException e = assertThrows(IOException.class, () -> running.forEach(v -> {}));

      assertEquals("cannot read the response: it is no JSON: {\"type\":\"verd", e.getMessage());
    }
  }

  @Test
  void closingFromAnotherThreadEndsTheConnection() throws Exception {
    CountDownLatch left = new CountDownLatch(1);
    try (FakeGateway gateway =
        new FakeGateway(exchange -> {
          exchange.sendResponseHeaders(200, 0);
          OutputStream out = exchange.getResponseBody();
          try {
            out.write(START.getBytes(StandardCharsets.UTF_8));
            out.write(OK.getBytes(StandardCharsets.UTF_8));
            out.flush();
            while (true) {
              out.write(PROGRESS.getBytes(StandardCharsets.UTF_8));
              out.flush();
            }
          } catch (IOException e) {
            left.countDown();
            throw e;
          }
        })) {
      RunningBacktest running = gateway.client().backtest(REQUEST);
      CompletableFuture<Verdict> first = new CompletableFuture<>();
      CompletableFuture<IOException> end = new CompletableFuture<>();
      Thread reader =
          new Thread(() -> {
            try {
              running.forEach(first::complete);
            } catch (IOException e) {
              end.complete(e);
            }
          });
      reader.start();
      first.get(10, TimeUnit.SECONDS);
      running.close();

      assertEquals("the backtest was canceled", end.get(10, TimeUnit.SECONDS).getMessage());
      assertTrue(left.await(10, TimeUnit.SECONDS));
      reader.join();
    }
  }

  @Test
  void aGatewayThatIsNotThereIsAnError() {
    LamellaClient nobody = LamellaClient.of(URI.create("http://127.0.0.1:1"));

    assertThrows(IOException.class, () -> nobody.backtest(REQUEST));
  }
}
