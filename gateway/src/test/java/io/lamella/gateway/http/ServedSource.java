package io.lamella.gateway.http;

import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.MemoryPool;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.gateway.query.QueryQueue;
import io.lamella.gateway.query.QueryQueue.QueueLimits;
import io.lamella.gateway.query.QueryService;
import io.lamella.gateway.query.QuerySource;
import io.lamella.gateway.request.Telemetry;
import io.lamella.gateway.results.ResultsCache;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.PromqlEngine;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/// A server over a source, with what its queries share, and clients that are plain sockets.
final class ServedSource implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final MemoryPool pool = new MemoryPool(1L << 32);
  final QueryQueue queue;
  private final ApiServer server;

  ServedSource(QuerySource source, QueueLimits queued, ClientLimits clients) {
    this(source, queued, new ApiServer.HttpOptions("127.0.0.1", 0, Compression.AUTO, clients));
  }

  ServedSource(QuerySource source, QueueLimits queued, ApiServer.HttpOptions options) {
    queue = new QueryQueue(queued);
    server =
        ApiServer.start(
            new QueryService(
                new PromqlEngine(EngineOptions.defaults()),
                source,
                FetchLimits.DEFAULT,
                pool,
                ResultsCache.disabled(),
                Duration.ofMinutes(2),
                queue),
            Telemetry.of(new GatewayMetrics()),
            new ApiServer.BuildInfo("1", "r"),
            options);
  }

  static ServedSource empty() {
    return new ServedSource(new EmptySource(), QueueLimits.of(4), ClientLimits.DEFAULT);
  }

  InetSocketAddress address() {
    return new InetSocketAddress("127.0.0.1", server.port());
  }

  /// A connection on which this has been sent.
  Socket send(String request) throws IOException {
    Socket socket = new Socket("127.0.0.1", server.port());
    socket.setSoTimeout((int) PATIENCE.toMillis());
    socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  /// The whole response to a request, after which the server is to close the connection.
  String exchange(String request) throws IOException {
    try (Socket socket = send(request)) {
      return all(socket);
    }
  }

  /// All that the server sends until it closes the connection.
  static String all(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  }

  /// Waits until something holds.
  static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited in vain");
      }
      Thread.sleep(5);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
