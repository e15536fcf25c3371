package io.lamella.gateway.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lamella.gateway.association.LabelPairs;
import io.lamella.gateway.association.PairedLabels;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.storage.object.ObjectKey;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// The pairs of labels of blocks in memory, bounded by their bytes. A block never changes, so they
/// are valid as long as anybody asks. Thread-safe.
public final class LabelPairsCache {
  /// Estimated bytes of entry and key, besides the texts of matchers.
  private static final long OVERHEAD_BYTES = 400;

  private final Cache<Key, LabelPairs> cache;
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong hits = new AtomicLong();

  /// Pairs of a block.
  ///
  /// @param block its directory, which tells tenants apart as well
  /// @param digest of its files: a block may be published again under its name
  public record Key(ObjectKey block, String digest, PairedLabels labels) {
    private long bytes() {
      return OVERHEAD_BYTES
          + labels.series().stream().mapToLong(m -> 2L * m.value().length()).sum();
    }
  }

  /// @param maxBytes of pairs in memory; 0 for no cache
  /// @param metrics where the cache registers its own; one cache per registry
  public LabelPairsCache(long maxBytes, GatewayMetrics metrics) {
    cache =
        Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumWeight(maxBytes)
            .<Key, LabelPairs>weigher(
                (k, p) -> (int) Math.min(Integer.MAX_VALUE, k.bytes() + p.bytes()))
            .build();
    metrics.counter(
        "lamella_associations_cache_requests_total",
        "Blocks whose pairs of labels were looked up in the cache of associations.",
        requests::get);
    metrics.counter(
        "lamella_associations_cache_hits_total",
        "Blocks whose pairs of labels were found in the cache of associations.",
        hits::get);
    metrics.gauge(
        "lamella_associations_cache_bytes",
        "Estimated bytes of the cached pairs of labels of blocks.",
        () -> cache.policy().eviction().orElseThrow().weightedSize().orElse(0));
  }

  /// The default size: 32 MiB, or a sixty-fourth of the heap where that is less.
  public static long defaultBytes() {
    return Math.min(32L << 20, Runtime.getRuntime().maxMemory() / 64);
  }

  public Optional<LabelPairs> find(Key key) {
    requests.incrementAndGet();
    Optional<LabelPairs> found = Optional.ofNullable(cache.getIfPresent(key));
    found.ifPresent(_ -> hits.incrementAndGet());
    return found;
  }

  public void put(Key key, LabelPairs pairs) {
    cache.put(key, pairs);
  }
}
