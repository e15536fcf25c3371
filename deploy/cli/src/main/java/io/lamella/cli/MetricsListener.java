package io.lamella.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves `/metrics` and `/-/healthy` of a conversion, where an address is given for it.
record MetricsListener(Optional<HttpServer> server) implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsListener.class);

  static MetricsListener open(Optional<Listen> address, ConversionMetrics metrics)
      throws IOException {
    if (address.isEmpty()) {
      return new MetricsListener(Optional.empty());
    }
    HttpServer server =
        HttpServer.create(new InetSocketAddress(address.get().host(), address.get().port()), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/metrics", x -> answer(x, metrics.text()));
    server.createContext("/-/healthy", x -> answer(x, "Lamella is healthy.\n"));
    server.start();
    LOG.info(
        "serving metrics url=http://{}:{}/metrics",
        address.get().host(),
        server.getAddress().getPort());
    return new MetricsListener(Optional.of(server));
  }

  private static void answer(HttpExchange x, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    x.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    x.sendResponseHeaders(200, body.length);
    x.getResponseBody().write(body);
    x.close();
  }

  @Override
  public void close() {
    server.ifPresent(s -> s.stop(0));
  }
}
