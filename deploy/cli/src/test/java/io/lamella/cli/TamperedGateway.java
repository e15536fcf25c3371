package io.lamella.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// A server that passes requests on to a gateway, and changes the lines of its results.
final class TamperedGateway implements AutoCloseable {
  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final String gateway;
  private final Tamper tamper;
  private final AtomicInteger tampered = new AtomicInteger();

  /// What is sent instead of a line, with its end.
  @FunctionalInterface
  interface Tamper {
    /// @param number of the line in its response, from 0
    /// @throws IOException to break off the connection
    String instead(int number, String line) throws IOException, InterruptedException;
  }

  private TamperedGateway(HttpServer server, String gateway, Tamper tamper) {
    this.server = server;
    this.gateway = gateway;
    this.tamper = tamper;
  }

  static TamperedGateway open(String gateway, Tamper tamper) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    TamperedGateway out = new TamperedGateway(server, gateway, tamper);
    server.createContext("/", out::pass);
    server.setExecutor(out.threads);
    server.start();
    return out;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// The lines that were changed, and the connections that were broken off.
  int tampered() {
    return tampered.get();
  }

  private void pass(HttpExchange exchange) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(gateway + exchange.getRequestURI()))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()))
            .build();
    try {
      HttpResponse<Stream<String>> response =
          client.send(request, HttpResponse.BodyHandlers.ofLines());
      exchange.sendResponseHeaders(response.statusCode(), 0);
      try (Stream<String> lines = response.body()) {
        OutputStream out = exchange.getResponseBody();
        Iterator<String> all = lines.iterator();
        for (int i = 0; all.hasNext(); i++) {
          String line = all.next() + "\n";
          String sent = changed(i, line);
          out.write(sent.getBytes(StandardCharsets.UTF_8));
          out.flush();
          if (!sent.endsWith("\n")) {
            break;
          }
        }
      }
      exchange.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private String changed(int number, String line) throws IOException, InterruptedException {
    try {
      String out = tamper.instead(number, line);
      tampered.addAndGet(out.equals(line) ? 0 : 1);
      return out;
    } catch (IOException e) {
      tampered.incrementAndGet();
      throw e;
    }
  }

  /// Ends at once, as a killed process does.
  void kill() {
    server.stop(0);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    client.shutdownNow();
  }
}
