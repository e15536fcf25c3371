package io.lamella.gateway.http;

import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.MemoryPool;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.gateway.query.LabelsRequest;
import io.lamella.gateway.query.QueryQueue;
import io.lamella.gateway.query.QueryService;
import io.lamella.gateway.query.QuerySource;
import io.lamella.gateway.request.Telemetry;
import io.lamella.gateway.results.ResultsCache;
import io.lamella.model.Labels;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SeriesSource;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/// No series.
final class EmptySource implements QuerySource {
  private final Runnable beforeReading;

  EmptySource() {
    this(() -> {});
  }

  private EmptySource(Runnable beforeReading) {
    this.beforeReading = beforeReading;
  }

  /// A server over it.
  static ApiServer serve(ApiServer.HttpOptions settings) {
    return serve(settings, () -> {});
  }

  /// A server over it.
  ///
  /// @param beforeReading runs when a query begins to read
  static ApiServer serve(ApiServer.HttpOptions settings, Runnable beforeReading) {
    return serve(settings, beforeReading, Telemetry.of(new GatewayMetrics()));
  }

  /// A server over it that runs one query at a time.
  static ApiServer serve(
      ApiServer.HttpOptions settings, Runnable beforeReading, Telemetry telemetry) {
    return ApiServer.start(
        new QueryService(
            new PromqlEngine(EngineOptions.defaults()),
            new EmptySource(beforeReading),
            FetchLimits.DEFAULT,
            new MemoryPool(1L << 32),
            ResultsCache.disabled(),
            Duration.ofSeconds(10),
            new QueryQueue(QueryQueue.QueueLimits.of(1))),
        telemetry,
        new ApiServer.BuildInfo("1", "r"),
        settings);
  }

  @Override
  public SeriesSource series(QueryBudget budget) {
    beforeReading.run();
    return new MemorySeriesSource(Map.of());
  }

  @Override
  public List<Labels> labelSets(LabelsRequest request, QueryBudget budget) {
    return List.of();
  }

  @Override
  public SortedSet<String> labelNames(LabelsRequest request, QueryBudget budget) {
    return Collections.emptySortedSet();
  }

  @Override
  public SortedSet<String> labelValues(String name, LabelsRequest request, QueryBudget budget) {
    return Collections.emptySortedSet();
  }
}
