package io.lamella.gateway;

import io.lamella.gateway.catalog.BlockSlice;
import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.plan.Coalescing;
import io.lamella.gateway.query.QueryQueue.QueueLimits;
import io.lamella.gateway.select.PrefetchLimits;
import io.lamella.gateway.tenant.TenantLimits;
import io.lamella.promql.EngineOptions;
import java.time.Duration;
import java.util.Optional;

/// How a gateway runs. Start from [#defaults] and change single options by the `with` methods.
///
/// @param limits of what one query may read
/// @param coalescing which byte ranges are joined to one read
/// @param catalogRefresh time between two catalog refreshes
/// @param catalogMaxAge age of the last good refresh beyond which the gateway is not ready
/// @param metadataBytes of decoded shard and file metadata kept in memory
/// @param fetch how bytes of blocks are fetched and cached
/// @param queryMemoryBytes memory that all queries together may hold for fetched data
/// @param resultsCacheBytes of the results cache; 0 for none
/// @param prefetch how much is prefetched
/// @param queue how many queries run at once and how many wait
/// @param slice the part of the bucket that is served
public record GatewayOptions(
    EngineOptions engine,
    FetchLimits limits,
    Coalescing coalescing,
    Duration catalogRefresh,
    Duration catalogMaxAge,
    long metadataBytes,
    FetchOptions fetch,
    long queryMemoryBytes,
    long resultsCacheBytes,
    PrefetchLimits prefetch,
    QueueLimits queue,
    BlockSlice slice) {
  private static final long MAX_RESULTS_CACHE_BYTES = 64L << 20;
  private static final long MAX_METADATA_BYTES = 256L << 20;
  private static final int MAX_CONCURRENT_QUERIES = 20;

  /// The memory of queries by default: two fifths of the heap.
  public static long defaultQueryMemoryBytes() {
    return Runtime.getRuntime().maxMemory() / 5 * 2;
  }

  /// The size of the results cache by default: 64 MiB, or a sixteenth of the heap where that is
  /// less.
  public static long defaultResultsCacheBytes() {
    return Math.min(MAX_RESULTS_CACHE_BYTES, Runtime.getRuntime().maxMemory() / 16);
  }

  public static GatewayOptions defaults() {
    return new GatewayOptions(
        EngineOptions.defaults(),
        FetchLimits.DEFAULT,
        Coalescing.DEFAULT,
        Duration.ofMinutes(1),
        Duration.ofMinutes(5),
        Math.min(MAX_METADATA_BYTES, Runtime.getRuntime().maxMemory() / 8),
        FetchOptions.defaults(),
        defaultQueryMemoryBytes(),
        defaultResultsCacheBytes(),
        PrefetchLimits.NOTHING,
        QueueLimits.of(MAX_CONCURRENT_QUERIES),
        BlockSlice.ALL);
  }

  public GatewayOptions withEngine(EngineOptions engine) {
    return new GatewayOptions(
        engine,
        limits,
        coalescing,
        catalogRefresh,
        catalogMaxAge,
        metadataBytes,
        fetch,
        queryMemoryBytes,
        resultsCacheBytes,
        prefetch,
        queue,
        slice);
  }

  public GatewayOptions withLimits(FetchLimits limits) {
    return new GatewayOptions(
        engine,
        limits,
        coalescing,
        catalogRefresh,
        catalogMaxAge,
        metadataBytes,
        fetch,
        queryMemoryBytes,
        resultsCacheBytes,
        prefetch,
        queue,
        slice);
  }

  public GatewayOptions withCoalescing(Coalescing coalescing) {
    return new GatewayOptions(
        engine,
        limits,
        coalescing,
        catalogRefresh,
        catalogMaxAge,
        metadataBytes,
        fetch,
        queryMemoryBytes,
        resultsCacheBytes,
        prefetch,
        queue,
        slice);
  }

  public GatewayOptions withCatalogRefresh(Duration catalogRefresh) {
    return new GatewayOptions(
        engine,
        limits,
        coalescing,
        catalogRefresh,
        catalogMaxAge,
        metadataBytes,
        fetch,
        queryMemoryBytes,
        resultsCacheBytes,
        prefetch,
        queue,
        slice);
  }

  public GatewayOptions withCatalogMaxAge(Duration catalogMaxAge) {
    return new GatewayOptions(
        engine,
        limits,
        coalescing,
        catalogRefresh,
        catalogMaxAge,
        metadataBytes,
        fetch,
        queryMemoryBytes,
        resultsCacheBytes,
        prefetch,
        queue,
        slice);
  }

  public GatewayOptions withMetadataBytes(long metadataBytes) {
    return new GatewayOptions(
        engine,
        limits,
        coalescing,
        catalogRefresh,
        catalogMaxAge,
        metadataBytes,
        fetch,
        queryMemoryBytes,
        resultsCacheBytes,
        prefetch,
        queue,
        slice);
  }

  public GatewayOptions withFetch(FetchOptions fetch) {
    return new GatewayOptions(
        engine,
        limits,
        coalescing,
        catalogRefresh,
        catalogMaxAge,
        metadataBytes,
        fetch,
        queryMemoryBytes,
        resultsCacheBytes,
        prefetch,
        queue,
        slice);
  }

  public GatewayOptions withQueryMemoryBytes(long queryMemoryBytes) {
    return new GatewayOptions(
        engine,
        limits,
        coalescing,
        catalogRefresh,
        catalogMaxAge,
        metadataBytes,
        fetch,
        queryMemoryBytes,
        resultsCacheBytes,
        prefetch,
        queue,
        slice);
  }

  public GatewayOptions withResultsCacheBytes(long resultsCacheBytes) {
    return new GatewayOptions(
        engine,
        limits,
        coalescing,
        catalogRefresh,
        catalogMaxAge,
        metadataBytes,
        fetch,
        queryMemoryBytes,
        resultsCacheBytes,
        prefetch,
        queue,
        slice);
  }

  public GatewayOptions withPrefetch(PrefetchLimits prefetch) {
    return new GatewayOptions(
        engine,
        limits,
        coalescing,
        catalogRefresh,
        catalogMaxAge,
        metadataBytes,
        fetch,
        queryMemoryBytes,
        resultsCacheBytes,
        prefetch,
        queue,
        slice);
  }

  public GatewayOptions withQueue(QueueLimits queue) {
    return new GatewayOptions(
        engine,
        limits,
        coalescing,
        catalogRefresh,
        catalogMaxAge,
        metadataBytes,
        fetch,
        queryMemoryBytes,
        resultsCacheBytes,
        prefetch,
        queue,
        slice);
  }

  public GatewayOptions withSlice(BlockSlice slice) {
    return new GatewayOptions(
        engine,
        limits,
        coalescing,
        catalogRefresh,
        catalogMaxAge,
        metadataBytes,
        fetch,
        queryMemoryBytes,
        resultsCacheBytes,
        prefetch,
        queue,
        slice);
  }

  /// The limits of tenants that have none of their own.
  public TenantLimits tenantLimits() {
    return new TenantLimits(queue, limits, engine.maxSamples(), engine.timeout(), Optional.empty());
  }

  public GatewayOptions withoutResultsCache() {
    return withResultsCacheBytes(0);
  }
}
