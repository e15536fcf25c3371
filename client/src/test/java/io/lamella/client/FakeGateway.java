package io.lamella.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Answers each request with what a test says, and keeps the requests.
final class FakeGateway implements AutoCloseable {
  /// Writes an answer.
  interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  /// A request, with one of its headers.
  record Received(String path, String contentType, String tenant, String body) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Received> received = Collections.synchronizedList(new ArrayList<>());

  FakeGateway(Answer answer) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          received.add(
              new Received(
                  exchange.getRequestURI().toString(),
                  exchange.getRequestHeaders().getFirst("Content-Type"),
                  String.valueOf(exchange.getRequestHeaders().getFirst("X-Scope-OrgID")),
                  new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
          answer.to(exchange);
          exchange.close();
        });
    server.start();
  }

  static FakeGateway answering(int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return new FakeGateway(exchange -> {
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    });
  }

  LamellaClient client() {
    return LamellaClient.of(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"));
  }

  Received request() {
    return received.get(0);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
