package io.lamella.gateway.http;

import java.time.Duration;
import java.util.Optional;

/// What the server grants its clients.
///
/// @param maxConnections at once; more wait to be accepted
/// @param readTimeout after which an idle connection is closed
/// @param minBytesPerSecond that a client must send of a request, and take of a response
/// @param slowAfter time after which a slower client is cut off, and which the head of a request
///   may take
/// @param clientHeader header that names the client, set by a proxy; otherwise a client is an
///   address
public record ClientLimits(
    int maxConnections,
    Duration readTimeout,
    long minBytesPerSecond,
    Duration slowAfter,
    Optional<String> clientHeader) {
  /// Connections and timeout as in Prometheus.
  public static final ClientLimits DEFAULT =
      new ClientLimits(
          512, Duration.ofMinutes(5), 16 << 10, Duration.ofSeconds(30), Optional.empty());

  public ClientLimits {
    if (maxConnections < 1
        || minBytesPerSecond < 0
        || !readTimeout.isPositive()
        || !slowAfter.isPositive()) {
      throw new IllegalArgumentException(
          "cannot limit clients to nothing: connections and timeouts must be positive");
    }
  }

  public ClientLimits withSlowAfter(Duration slowAfter) {
    return new ClientLimits(
        maxConnections, readTimeout, minBytesPerSecond, slowAfter, clientHeader);
  }

  public ClientLimits withMaxConnections(int maxConnections) {
    return new ClientLimits(
        maxConnections, readTimeout, minBytesPerSecond, slowAfter, clientHeader);
  }
}
