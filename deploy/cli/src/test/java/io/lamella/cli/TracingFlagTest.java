package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.trace.OtlpReceiver;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A real process with and without tracing.
@Timeout(60)
class TracingFlagTest {
  @TempDir Path root;

  /// Serves an empty store, answers one query and ends.
  private void run(List<String> javaOptions, List<String> flags) throws Exception {
    int port = LaunchedProcess.freePort();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "serve",
                "--store",
                Files.createDirectory(root.resolve("store")).toString(),
                "--listen",
                "127.0.0.1:" + port));
    arguments.addAll(flags);
    try (LaunchedProcess process =
            LaunchedProcess.start(
                Files.createDirectory(root.resolve("launcher")), javaOptions, arguments);
        HttpClient client = HttpClient.newHttpClient()) {
      process.awaitReady(client, port);
      HttpRequest query =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/query?query=up"))
              .build();
      assertEquals(200, client.send(query, BodyHandlers.discarding()).statusCode());
      process.terminate();
      assertEquals(0, process.exitCode(), process.log());
    }
  }

  @Test
  void withoutTheFlagNoClassOfOpenTelemetryIsLoaded() throws Exception {
    Path classes = root.resolve("classes");

    run(List.of("-Xlog:class+load=info:file=" + classes), List.of());

    List<String> loaded = Files.readAllLines(classes);
    assertTrue(loaded.size() > 1000, "classes are logged");
    assertEquals(
        List.of(), loaded.stream().filter(l -> l.contains("] io.opentelemetry.")).toList());
  }

  @Test
  void withTheFlagSpansAreExportedBeforeTheProcessEnds() throws Exception {
    try (OtlpReceiver receiver = new OtlpReceiver()) {
      Path config =
          Files.writeString(
              root.resolve("tracing.yml"),
              """
              type: OTLP
              config:
                client_type: http
                insecure: true
                endpoint: %s
                service_name: lamella-test
              """
                  .formatted(receiver.endpoint()));

      run(List.of(), List.of("--tracing.config-file", config.toString()));

      OtlpReceiver.Received request = receiver.spans("GET /api/v1/query").getFirst();
      assertEquals("up", request.attributes().get("query"));
      assertEquals("lamella-test", request.attributes().get("resource.service.name"));
    }
  }
}
