package io.lamella.gateway.request;

import io.lamella.gateway.log.LoggedQuery;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.gateway.process.Readiness;
import io.lamella.gateway.query.ActiveQueries;
import io.lamella.gateway.trace.Tracing;
import java.util.function.Consumer;

/// How requests are watched.
///
/// @param readiness what `/-/ready` reports; before the catalog was read, queries are refused
/// @param queryLog receives each query when it has ended
public record Telemetry(
    GatewayMetrics metrics,
    Readiness readiness,
    ActiveQueries active,
    Tracing tracing,
    Consumer<LoggedQuery> queryLog) {
  /// Metrics alone, for a server that is always ready.
  public static Telemetry of(GatewayMetrics metrics) {
    return of(metrics, Readiness.always());
  }

  /// Metrics and readiness alone.
  public static Telemetry of(GatewayMetrics metrics, Readiness readiness) {
    return new Telemetry(metrics, readiness, new ActiveQueries(), Tracing.OFF, _ -> {});
  }
}
