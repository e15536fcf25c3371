package io.lamella.cli.backtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.cli.ConvertedBlocks;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.http.ApiServer;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Backtests over HTTP, on the blocks of the demo.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BacktestStreamTest {
  private static final Path EXAMPLE = Path.of("..", "backtest", "maintenance.yml");

  @TempDir static Path bucket;

  private ObjectStore store;
  private Gateway gateway;
  private ApiServer server;

  @BeforeAll
  void serve() throws Exception {
    ConvertedBlocks.convert(ConvertedBlocks.demo(), bucket);
    store = DirectoryObjectStore.open(bucket);
    gateway = Gateway.open(store, GatewayOptions.defaults());
    server = gateway.serve(ApiServer.HttpOptions.LOCAL, new ApiServer.BuildInfo("t", ""));
  }

  @AfterAll
  void stop() {
    server.close();
    gateway.close();
    store.close();
  }

  private String post(String request, String format) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(
                      URI.create(
                          "http://127.0.0.1:"
                              + server.port()
                              + "/api/v1/backtest?progress=0&format="
                              + format))
                  .header("Content-Type", "application/yaml")
                  .POST(HttpRequest.BodyPublishers.ofString(request))
                  .build(),
              BodyHandlers.ofString())
          .body();
    }
  }

  @Test
  void theConflictsPlantedInTheDemoAreFound() throws Exception {
    String verdicts =
        post(Files.readString(EXAMPLE), "ndjson")
            .lines()
            .filter(l -> l.contains("\"verdict\":\"conflict\""))
            .map(l ->
                l.replaceAll(".*\"window\":\"([^\"]*)\".*\"constraint\":\"([^\"]*)\".*", "$1: $2")
                    + l.replaceAll(".*\"first\":\"([^\"]*)\",\"last.*total.*longest.*", " "))
            .map(String::strip)
            .distinct()
            .sorted()
            .collect(Collectors.joining("\n"));
    assertEquals(
        """
        fra03: edge router per metro
        fra04: edge router per metro
        iad05-routers: edge router per metro
        iad05-routers: release scopes
        sin02-egress: egress pool\
        """,
        verdicts);
  }

  @Test
  void theSameRequestOverTheSameBlocksHasTheSameBytes() throws Exception {
    String request = Files.readString(EXAMPLE);
    assertEquals(post(request, "ndjson"), post(request, "ndjson"));
    assertEquals(post(request, "json"), post(request, "json"));
  }

  @Test
  void closingTheConnectionCancelsWithinASecond() throws Exception {
    String windows =
        IntStream.range(0, 3_000)
            .mapToObj(
                i -> "{id: w" + i + ", start: " + (1_748_800_000 + 61 * i) + ", duration: 9h}")
            .collect(Collectors.joining(",\n"));
    String request =
        "windows: ["
            + windows
            + "]\nconstraints: [{name: slow, expr: 'quantile_over_time($q,"
            + " edge_http_requests_total[1d]) < 0'}]\nsweep: {q: [0.1, 0.2, 0.3, 0.4, 0.5]}";
    byte[] body = request.getBytes(StandardCharsets.UTF_8);
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST /api/v1/backtest?format=ndjson HTTP/1.1\r\nHost: localhost\r\n"
                  + "Content-Type: application/yaml\r\nContent-Length: "
                  + body.length
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.UTF_8));
      out.write(body);
      out.flush();
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      String line = in.readLine();
      while (!line.contains("\"type\":\"progress\"")) {
        line = in.readLine();
      }
      assertEquals(1, gateway.active().list().size());
    }
    long left = System.nanoTime();
    while (!gateway.active().list().isEmpty() && System.nanoTime() - left < 10_000_000_000L) {
      Thread.onSpinWait();
    }
    double seconds = (System.nanoTime() - left) / 1e9;
    // A second, and what a busy machine may add.
    assertTrue(seconds < 3, "took " + seconds + " s");
  }
}
