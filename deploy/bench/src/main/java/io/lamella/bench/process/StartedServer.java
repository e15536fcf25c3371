package io.lamella.bench.process;

import io.lamella.bench.query.QueryServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.IntFunction;

/// A server in another process on this machine; `close` stops it.
public final class StartedServer implements AutoCloseable {
  private static final long START_TIMEOUT_NANOS = 600_000_000_000L;

  private final ChildProcess process;
  private final QueryServer server;
  private final double readyMillis;

  private StartedServer(ChildProcess process, QueryServer server, double readyMillis) {
    this.process = process;
    this.server = server;
    this.readyMillis = readyMillis;
  }

  /// Starts a server on a free port and waits until `/-/ready` responds with 200.
  ///
  /// @param command command line for a port
  /// @param log file to which its output is appended
  static StartedServer start(String name, IntFunction<List<String>> command, Path log)
      throws IOException, InterruptedException {
    int port = freePort();
    long started = System.nanoTime();
    ChildProcess process = ChildProcess.start(command.apply(port), log);
    QueryServer server =
        new QueryServer(name, "http://127.0.0.1:" + port, OptionalLong.of(process.pid()));
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (!isReady(client, server)) {
        if (!process.isAlive() || System.nanoTime() - started > START_TIMEOUT_NANOS) {
          throw new IOException(
              "cannot start " + name + ": " + lastLine(log) + " [log=" + log + "]");
        }
        Thread.sleep(5);
      }
      return new StartedServer(process, server, (System.nanoTime() - started) / 1e6);
    } catch (IOException | InterruptedException e) {
      process.close();
      throw e;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean isReady(HttpClient client, QueryServer server)
      throws InterruptedException {
    try {
      return server.get(client, "/-/ready").isSuccess();
    } catch (IOException e) {
      // It does not listen yet.
      return false;
    }
  }

  private static String lastLine(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    return lines.isEmpty() ? "it printed nothing" : lines.getLast();
  }

  public QueryServer server() {
    return server;
  }

  /// Milliseconds from the start of the process until it was ready.
  public double readyMillis() {
    return readyMillis;
  }

  public long peakBytes() {
    return ProcessFigures.peakBytes(process.pid());
  }

  @Override
  public void close() {
    process.close();
  }
}
