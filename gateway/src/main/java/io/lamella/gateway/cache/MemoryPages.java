package io.lamella.gateway.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lamella.gateway.metrics.CacheTier;
import io.lamella.gateway.metrics.FetchMetrics;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Pages in memory, encoded as in the files, bounded by their bytes. Caffeine's W-TinyLFU decides
/// what stays: a page that is read once does not evict one that is read often.
///
/// The frequency sketch alone does not protect against one query that reads more than the whole
/// cache holds: its pages pass through the window and wear the sketch out. The pages of such a
/// query are not admitted; see [#admits].
public final class MemoryPages {
  /// Estimated bytes of entry, key and buffer objects.
  private static final int OVERHEAD_BYTES = 250;

  private static final int QUERIES_TO_FILL = 4;

  private final Cache<PageKey, ByteBuffer> cache;
  private final long maxBytes;
  private final FetchMetrics metrics;

  /// @param maxBytes of pages in memory; 0 for no cache
  public MemoryPages(long maxBytes, FetchMetrics metrics) {
    this.maxBytes = maxBytes;
    this.metrics = metrics;
    this.cache =
        Caffeine.newBuilder()
            // Evictions happen at the put that causes them, so the bound holds at every moment.
            .executor(Runnable::run)
            .maximumWeight(maxBytes)
            .<PageKey, ByteBuffer>weigher((k, v) -> v.remaining() + OVERHEAD_BYTES)
            .evictionListener(
                (k, v, cause) -> metrics.evicted(CacheTier.MEMORY, v == null ? 0 : v.remaining()))
            .build();
    metrics.gauge(
        "lamella_memory_cache_bytes",
        "Bytes of pages in the memory cache, overhead included.",
        () -> cache.policy().eviction().orElseThrow().weightedSize().orElse(0));
  }

  /// The default size: 256 MiB, or a quarter of the heap where that is less.
  public static long defaultBytes() {
    return Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 4);
  }

  /// The bytes of a page, shared and read-only by contract; the buffer's position and limit belong
  /// to the caller.
  Optional<ByteBuffer> find(PageKey key) {
    ByteBuffer found = cache.getIfPresent(key);
    if (found == null) {
      metrics.miss(CacheTier.MEMORY);
      return Optional.empty();
    }
    metrics.hit(CacheTier.MEMORY, found.remaining());
    return Optional.of(found.duplicate());
  }

  /// The page if it is cached; counts neither in metrics nor for eviction.
  Optional<ByteBuffer> peek(PageKey key) {
    return Optional.ofNullable(cache.policy().getIfPresentQuietly(key)).map(ByteBuffer::duplicate);
  }

  /// False where a fetch batch of so many bytes would occupy more than a quarter of the cache.
  boolean admits(long batchBytes) {
    return batchBytes <= maxBytes / QUERIES_TO_FILL;
  }

  /// Caches a page. Its buffer must hold nothing else, or more memory would be retained than is
  /// counted.
  void put(PageKey key, ByteBuffer bytes) {
    cache.put(key, bytes.duplicate());
    metrics.written(CacheTier.MEMORY, bytes.remaining());
  }

  void invalidate(PageKey key) {
    cache.invalidate(key);
  }
}
