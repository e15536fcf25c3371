package io.lamella.cli.backtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.cli.ConvertedBlocks;
import io.lamella.client.BacktestRequest;
import io.lamella.client.Constraint;
import io.lamella.client.LamellaClient;
import io.lamella.client.LamellaException;
import io.lamella.client.Progress;
import io.lamella.client.QueryResult;
import io.lamella.client.RunningBacktest;
import io.lamella.client.Summary;
import io.lamella.client.Verdict;
import io.lamella.client.Window;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.http.ApiServer;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The Java client and a real gateway over the blocks of the demo.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientTest {
  private static final Path EXAMPLE = Path.of("..", "backtest", "maintenance.yml");
  private static final Instant START = Instant.parse("2025-06-02T04:00:00Z");

  @TempDir static Path bucket;

  private ObjectStore store;
  private Gateway gateway;
  private ApiServer server;
  private LamellaClient client;

  @BeforeAll
  void serve() throws Exception {
    ConvertedBlocks.convert(ConvertedBlocks.demo(), bucket);
    store = DirectoryObjectStore.open(bucket);
    gateway = Gateway.open(store, GatewayOptions.defaults());
    server = gateway.serve(ApiServer.HttpOptions.LOCAL, new ApiServer.BuildInfo("t", ""));
    client = LamellaClient.of(URI.create("http://127.0.0.1:" + server.port()));
  }

  @AfterAll
  void stop() {
    server.close();
    gateway.close();
    store.close();
  }

  @Test
  void theExampleFindsThePlantedConflicts() throws Exception {
    TreeSet<String> conflicts = new TreeSet<>();
    List<Progress> progress = new ArrayList<>();
    try (RunningBacktest running =
        client.backtest(BacktestRequest.ofText(Files.readString(EXAMPLE)))) {
      Summary summary =
          running.forEach(
              v -> {
                if (v.outcome() == Verdict.Outcome.CONFLICT) {
                  conflicts.add(v.window() + ": " + v.constraint());
                  assertTrue(v.violation().isPresent());
                }
              },
              progress::add);
      assertTrue(summary.count(Verdict.Outcome.CONFLICT) >= conflicts.size());
    }
    assertEquals(
        "[fra03: edge router per metro, fra04: edge router per metro, iad05-routers: edge router per metro, iad05-routers: release scopes, sin02-egress: egress pool]",
        conflicts.toString());
    assertEquals(progress.getLast().allVerdicts(), progress.getLast().verdicts());
  }

  @Test
  void whatTheBuilderMakesIsARequest() throws Exception {
    BacktestRequest request =
        BacktestRequest.builder()
            .step(Duration.ofMinutes(5))
            .window(new Window("w", START, START.plusSeconds(3600)).withLabel("dc_id", "45"))
            .constraint(
                new Constraint("none", "aegis_pool_capacity{dc_id=\"$dc_id\"} < $limit")
                    .withFor(Duration.ofMinutes(5))
                    .withKeepFiringFor(Duration.ofMinutes(5))
                    .withLead(Duration.ofMinutes(5))
                    .withLag(Duration.ofMinutes(5))
                    .withSeverity("page")
                    .withOnNoData(Constraint.OnNoData.CONFLICT))
            .sweep("limit", "-1", "1e9")
            .shift(Duration.ZERO, Duration.ofHours(1))
            .topSeries(1)
            .build();
    List<String> verdicts = new ArrayList<>();
    try (RunningBacktest running = client.backtest(request)) {
      running.forEach(v -> verdicts.add(v.shift() + " " + v.parameters() + " " + v.outcome()));
      assertEquals(4, running.verdicts());
    }
    verdicts.sort(null);
    assertEquals(
        List.of(
            "PT0S {limit=-1} OK",
            "PT0S {limit=1e9} CONFLICT",
            "PT1H {limit=-1} OK",
            "PT1H {limit=1e9} CONFLICT"),
        verdicts);
  }

  @Test
  void aWrongRequestNamesItsField() {
    LamellaException e =
        assertThrows(
            LamellaException.class,
            () ->
                client.backtest(
                    BacktestRequest.builder()
                        .window(new Window("w", START, START.minusSeconds(1)))
                        .constraint(new Constraint("c", "up"))
                        .build()));

    assertEquals(Optional.of("windows[0].end"), e.field());
  }

  @Test
  void closingCancelsTheBacktest() throws Exception {
    BacktestRequest.Builder request =
        BacktestRequest.builder()
            .constraint(
                new Constraint("slow", "quantile_over_time($q, edge_http_requests_total[1d]) < 0"))
            .sweep("q", "0.1", "0.2", "0.3", "0.4", "0.5");
    for (int i = 0; i < 3_000; i++) {
      Instant start = START.plusSeconds(61 * i);
      request.window(new Window("w" + i, start, start.plusSeconds(9 * 3600)));
    }
    try (RunningBacktest running = client.backtest(request.build())) {
      assertEquals(15_000, running.verdicts());
      assertEquals(1, gateway.active().list().size());
    }
    long left = System.nanoTime();
    while (!gateway.active().list().isEmpty() && System.nanoTime() - left < 10_000_000_000L) {
      Thread.onSpinWait();
    }
    assertEquals(0, gateway.active().list().size());
  }

  @Test
  void queriesAreThoseOfTheHttpApi() throws Exception {
    QueryResult one = client.query("count(aegis_pool_capacity)", START);
    QueryResult range =
        client.queryRange(
            "count(aegis_pool_capacity)", START, START.plusSeconds(600), Duration.ofMinutes(5));

    assertEquals("vector", one.type());
    assertEquals(
        one.series().getFirst().samples().getFirst(),
        range.series().getFirst().samples().getFirst());
    assertEquals(3, range.series().getFirst().samples().size());
  }
}
