package io.lamella.bench.reference;

import io.lamella.gateway.http.ApiServer;
import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.MemoryPool;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.gateway.query.QueryQueue;
import io.lamella.gateway.query.QueryService;
import io.lamella.gateway.request.Telemetry;
import io.lamella.gateway.results.ResultsCache;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.PromqlEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/// Serves the reference through the same HTTP API as all other servers.
public final class ReferenceServer implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  private final TsdbSource source;
  private final ApiServer server;

  private ReferenceServer(TsdbSource source, ApiServer server) {
    this.source = source;
    this.server = server;
  }

  /// Serves the blocks below a directory on a free port.
  public static ReferenceServer start(Path blocks, Set<String> replicaLabels) throws IOException {
    EngineOptions d = EngineOptions.defaults();
    EngineOptions engine =
        new EngineOptions(d.lookback(), TIMEOUT, d.maxSamples(), d.subqueryStep(), d.features());
    TsdbSource source = TsdbSource.open(blocks, replicaLabels);
    QueryService queries =
        new QueryService(
            new PromqlEngine(engine),
            source,
            FetchLimits.DEFAULT,
            new MemoryPool(Long.MAX_VALUE),
            ResultsCache.disabled(),
            TIMEOUT,
            new QueryQueue(QueryQueue.QueueLimits.of(2)));
    ApiServer server =
        ApiServer.start(
            queries,
            Telemetry.of(new GatewayMetrics()),
            new ApiServer.BuildInfo("reference", ""),
            ApiServer.HttpOptions.LOCAL);
    return new ReferenceServer(source, server);
  }

  public String url() {
    return "http://127.0.0.1:" + server.port();
  }

  @Override
  public void close() {
    server.close();
    source.close();
  }
}
