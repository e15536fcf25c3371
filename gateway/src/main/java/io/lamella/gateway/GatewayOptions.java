package io.lamella.gateway;

import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.plan.Coalescing;
import io.lamella.gateway.select.LabelPrefetch;
import io.lamella.promql.EngineOptions;
import java.time.Duration;

/// How a gateway runs.
///
/// @param catalogRefresh time between two looks at what is published
/// @param layoutBytes footers and page indexes kept in memory
/// @param fetch how bytes are brought and kept
/// @param queryBytes memory that all queries together may hold for what they fetched
/// @param resultBytes of results kept for who asks again; 0 keeps none
/// @param prefetch what is brought before a query asks
/// @param maxConcurrentQueries queries that run at once; more wait
public record GatewayOptions(
    EngineOptions engine,
    FetchLimits ceilings,
    Coalescing coalescing,
    Duration catalogRefresh,
    long layoutBytes,
    FetchOptions fetch,
    long queryBytes,
    long resultBytes,
    LabelPrefetch.Limits prefetch,
    int maxConcurrentQueries) {
  private static final long MAX_RESULT_BYTES = 64L << 20;
  private static final long MAX_LAYOUT_BYTES = 256L << 20;

  /// The memory of queries by default: two fifths of the heap.
  public static long defaultQueryBytes() {
    return Runtime.getRuntime().maxMemory() / 5 * 2;
  }

  /// The default for results: 64 MiB, or a sixteenth of the heap where that is less.
  public static long defaultResultBytes() {
    return Math.min(MAX_RESULT_BYTES, Runtime.getRuntime().maxMemory() / 16);
  }

  public static GatewayOptions defaults() {
    return new GatewayOptions(
        EngineOptions.defaults(),
        FetchLimits.DEFAULT,
        Coalescing.DEFAULT,
        Duration.ofMinutes(1),
        Math.min(MAX_LAYOUT_BYTES, Runtime.getRuntime().maxMemory() / 8),
        FetchOptions.defaults(),
        defaultQueryBytes(),
        defaultResultBytes(),
        LabelPrefetch.Limits.NOTHING,
        20);
  }
}
