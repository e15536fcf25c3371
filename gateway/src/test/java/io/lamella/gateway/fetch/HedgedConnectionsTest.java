package io.lamella.gateway.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.metrics.FetchMetrics.Hedge;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.RetryBudget;
import io.lamella.storage.object.config.ObjectStores;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// The connections that hedged reads open, counted by an S3 server in this process.
class HedgedConnectionsTest {
  private static final int BYTES = 20_000;
  private static final ObjectVersion OBJECT =
      new ObjectVersion(new ObjectKey("a.parquet"), 1 << 20, "\"tag\"");

  private final Set<SocketAddress> connections = ConcurrentHashMap.newKeySet();
  private final AtomicInteger requests = new AtomicInteger();
  private final Random random = new Random(1);

  /// Every fourth response is slow.
  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      connections.add(exchange.getRemoteAddress());
      boolean slow = requests.incrementAndGet() % 4 == 0;
      synchronized (random) {
        slow |= random.nextInt(8) == 0;
      }
      LockSupport.parkNanos(slow ? 40_000_000 : 1_000_000);
      exchange.getResponseHeaders().set("ETag", "\"tag\"");
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes 0-" + (BYTES - 1) + "/" + OBJECT.size());
      exchange.sendResponseHeaders(206, BYTES);
      exchange.getResponseBody().write(new byte[BYTES]);
    }
  }

  @Test
  void hedgedReadsKeepTheirConnections() throws Exception {
    FetchMetrics metrics = new FetchMetrics(new PrometheusRegistry());
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        ObjectStore s3 =
            ObjectStores.openPlain(
                    "{type: S3, config: {bucket: b, endpoint: '127.0.0.1:"
                        + server.getAddress().getPort()
                        + "', insecure: true, access_key: a, secret_key: b}}")
                .store()) {
      server.setExecutor(threads);
      server.createContext("/", this::handle);
      server.start();
      HedgingObjectStore store =
          new HedgingObjectStore(
              s3,
              s3,
              new HedgingObjectStore.HedgePolicy(
                  256 << 10, 0.1, 1, Duration.ofMillis(3), Duration.ZERO),
              new HedgingObjectStore.HedgeGuard(RetryBudget.unlimited(), _ -> true),
              metrics);

      for (int i = 0; i < 400; i++) {
        assertEquals(BYTES, store.read(OBJECT, new ByteRange(0, BYTES)).remaining());
      }
      server.stop(0);
    }

    assertTrue(metrics.count(Hedge.WON) > 20, metrics.count(Hedge.WON) + " hedged reads won");
    // A connection for each request that ran at once with others, whatever the number of reads.
    assertTrue(connections.size() <= 12, connections.size() + " connections");
  }
}
