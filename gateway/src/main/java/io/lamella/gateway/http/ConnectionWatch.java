package io.lamella.gateway.http;

import io.lamella.gateway.metrics.GatewayMetrics;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks after all connections, several times a second: cancels the requests of clients that have
/// left, and closes connections whose clients are too slow. Where connections become scarce, idle
/// ones are closed. Starts and stops with the connector, whose bean it is.
final class ConnectionWatch extends AbstractLifeCycle {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionWatch.class);
  private static final Duration INTERVAL = Duration.ofMillis(200);
  private static final long SCARCE_IDLE_NANOS = Duration.ofSeconds(5).toNanos();

  private final ClientConnector connector;
  private final int maxConnections;
  private final AtomicLong left = new AtomicLong();
  private final AtomicLong slow = new AtomicLong();
  private final Thread thread =
      Thread.ofPlatform().daemon().name("http-connection-watch").unstarted(this::run);

  /// @param metrics where this registers its own
  ConnectionWatch(ClientConnector connector, int maxConnections, GatewayMetrics metrics) {
    this.connector = connector;
    this.maxConnections = maxConnections;
    metrics.gauge("lamella_http_connections", "Open connections of clients.", this::connections);
    metrics.counter(
        "lamella_http_clients_left_total",
        "Requests that were cancelled because their client closed the connection.",
        left::get);
    metrics.counter(
        "lamella_http_slow_clients_total",
        "Connections that were closed because their client sent or took bytes too slowly.",
        slow::get);
  }

  @Override
  protected void doStart() {
    thread.start();
  }

  @Override
  protected void doStop() {
    thread.interrupt();
  }

  private int connections() {
    return connector.getConnectedEndPoints().size();
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(INTERVAL);
        long now = System.nanoTime();
        boolean scarce = connections() > maxConnections * 3L / 4;
        for (EndPoint e : connector.getConnectedEndPoints()) {
          if (e instanceof ClientConnection c) {
            check(c, now, scarce);
          }
        }
      }
    } catch (InterruptedException e) {
      // The server has stopped.
    }
  }

  private void check(ClientConnection c, long now, boolean scarce) {
    try {
      if (c.interruptIfLeft()) {
        left.incrementAndGet();
        LOG.debug("client left client={}", c.getRemoteSocketAddress());
      }
      if (c.isTooSlow(now)) {
        slow.incrementAndGet();
        LOG.info("client cut off, it is too slow client={}", c.getRemoteSocketAddress());
        c.reset(new TimeoutException("client is too slow"));
      } else if (scarce && c.isIdle(now, SCARCE_IDLE_NANOS)) {
        c.close();
      }
    } catch (RuntimeException e) {
      LOG.warn("cannot check connection client={}", c.getRemoteSocketAddress(), e);
    }
  }
}
