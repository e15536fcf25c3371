package io.lamella.cli.thanos;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// A real Thanos, where `-Dlamella.thanos=PATH` names its program: a store gateway or a Querier.
///
/// A current Querier must be built with the build tag `slicelabels`.
final class ThanosProcess implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PROPERTY = "lamella.thanos";

  private final Process process;
  private final Path log;
  final int httpPort;
  final int grpcPort;

  private ThanosProcess(Path program, Path log, List<String> arguments) throws IOException {
    this.log = log;
    httpPort = freePort();
    grpcPort = freePort();
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    command.add("--http-address=127.0.0.1:" + httpPort);
    command.add("--grpc-address=127.0.0.1:" + grpcPort);
    process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  /// The program; aborts the test where there is none.
  static Path programOrAbort() {
    Path program = Path.of(System.getProperty(PROPERTY, ""));
    if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
      abort("not run: -D" + PROPERTY + " names no program of Thanos");
    }
    return program;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// Starts a store gateway over a directory of TSDB blocks.
  static ThanosProcess store(Path bucket, Path work, String... more) throws IOException {
    Path data = Files.createDirectories(work);
    List<String> arguments = new ArrayList<>(List.of("store", "--data-dir=" + data));
    arguments.add("--objstore.config={type: FILESYSTEM, config: {directory: \"" + bucket + "\"}}");
    arguments.addAll(List.of(more));
    return new ThanosProcess(programOrAbort(), data.resolve("log"), arguments);
  }

  /// Starts a Querier and waits until it has found its stores.
  ///
  /// @param stores their ports
  static ThanosProcess query(Path work, List<Integer> stores, String... more)
      throws IOException, InterruptedException {
    Path data = Files.createDirectories(work);
    List<String> arguments = new ArrayList<>(List.of("query", "--endpoint.info-timeout=1s"));
    stores.forEach(port -> arguments.add("--endpoint=127.0.0.1:" + port));
    arguments.addAll(List.of(more));
    ThanosProcess out = new ThanosProcess(programOrAbort(), data.resolve("log"), arguments);
    try {
      out.awaitStores(stores.size());
    } catch (IOException | InterruptedException | RuntimeException e) {
      out.close();
      throw e;
    }
    return out;
  }

  private void awaitStores(int count) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/api/v1/stores")).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (true) {
        if (!process.isAlive()) {
          throw new IllegalStateException("Thanos has ended: " + Files.readString(log));
        }
        try {
          JsonNode data =
              JSON.readTree(client.send(request, HttpResponse.BodyHandlers.ofString()).body())
                  .path("data");
          int healthy = 0;
          for (JsonNode kind : data) {
            for (JsonNode store : kind) {
              healthy += store.path("lastError").isNull() ? 1 : 0;
            }
          }
          if (healthy == count) {
            return;
          }
        } catch (IOException e) {
          // It does not listen yet.
        }
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
  }

  String url() {
    return "http://127.0.0.1:" + httpPort;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
