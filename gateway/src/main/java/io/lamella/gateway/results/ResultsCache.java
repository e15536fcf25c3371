package io.lamella.gateway.results;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lamella.gateway.metrics.GatewayMetrics;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Results of queries in memory, bounded by their estimated bytes. A result larger than a sixteenth
/// of the bound is not cached. Tenants share the bound, but never find each other's results.
/// Thread-safe.
public final class ResultsCache {
  private static final int MAX_SHARE = 16;
  private static final long ENTRY_BYTES = 500;

  private final Cache<TenantKey, CachedResult> cache;
  private final String tenant;
  private final long maxBytes;
  private final AtomicLong requests;
  private final AtomicLong hits;

  /// A query of a tenant.
  private record TenantKey(String tenant, ResultKey query) {}

  private ResultsCache(long maxBytes) {
    this.maxBytes = maxBytes;
    tenant = "";
    requests = new AtomicLong();
    hits = new AtomicLong();
    this.cache =
        Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumWeight(maxBytes)
            .<TenantKey, CachedResult>weigher(
                (k, r) -> (int) Math.min(Integer.MAX_VALUE, bytes(k.query(), r)))
            .build();
  }

  private ResultsCache(ResultsCache all, String tenant) {
    maxBytes = all.maxBytes;
    cache = all.cache;
    requests = all.requests;
    hits = all.hits;
    this.tenant = tenant;
  }

  /// The part of this cache that has the results of one tenant.
  ///
  /// @param name empty where there are no tenants
  public ResultsCache ofTenant(String name) {
    return new ResultsCache(this, name);
  }

  /// @param maxBytes of results in memory
  /// @param metrics where the cache registers its own; one cache per registry
  public ResultsCache(long maxBytes, GatewayMetrics metrics) {
    this(maxBytes);
    metrics.counter(
        "lamella_results_cache_requests_total",
        "Queries that were looked up in the results cache.",
        requests::get);
    metrics.counter(
        "lamella_results_cache_hits_total",
        "Results found in the results cache, including those whose data has changed since.",
        hits::get);
    metrics.gauge(
        "lamella_results_cache_bytes", "Estimated bytes of the results cache.", this::bytes);
  }

  /// A cache that stores nothing and has no metrics.
  public static ResultsCache disabled() {
    return new ResultsCache(0);
  }

  private static long bytes(ResultKey key, CachedResult result) {
    return ENTRY_BYTES + 2L * key.query().length() + result.bytes();
  }

  /// The result of an equal query. The caller compares its version with that of the data.
  public Optional<CachedResult> find(ResultKey key) {
    Optional<CachedResult> found =
        Optional.ofNullable(cache.getIfPresent(new TenantKey(tenant, key)));
    requests.incrementAndGet();
    found.ifPresent(r -> hits.incrementAndGet());
    return found;
  }

  public void put(ResultKey key, CachedResult result) {
    if (bytes(key, result) <= maxBytes / MAX_SHARE) {
      cache.put(new TenantKey(tenant, key), result);
    }
  }

  /// Estimated bytes of all cached results.
  public long bytes() {
    return cache.policy().eviction().orElseThrow().weightedSize().orElse(0);
  }
}
