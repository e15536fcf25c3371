package io.lamella.gateway.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lamella.gateway.metrics.CacheTier;
import io.lamella.gateway.metrics.FetchMetrics;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Pages in memory, as they lie in the files, bounded by their bytes. Caffeine's W-TinyLFU decides
/// what stays: a page that comes once does not push out one that is asked for again and again.
///
/// The frequency sketch alone does not protect against one query that brings more than the whole
/// cache holds: its pages pass through the window and wear the sketch out. What such a query reads
/// is therefore not offered at all; see [#admits].
public final class MemoryPages {
  /// Entry, key and buffer objects, roughly.
  private static final int OVERHEAD_BYTES = 250;

  private static final int SHARE = 4;

  private final Cache<PageKey, ByteBuffer> cache;
  private final long maxBytes;
  private final FetchMetrics metrics;

  /// @param maxBytes to keep; 0 keeps nothing
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
        "Bytes that the memory cache of pages holds, bookkeeping included.",
        () -> cache.policy().eviction().orElseThrow().weightedSize().orElse(0));
  }

  /// The default size: 256 MiB, or a quarter of the heap where that is less.
  public static long defaultBytes() {
    return Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 4);
  }

  /// The bytes of a page, not to be written to; the buffer's position and limit are the caller's.
  Optional<ByteBuffer> find(PageKey key) {
    ByteBuffer found = cache.getIfPresent(key);
    if (found == null) {
      metrics.miss(CacheTier.MEMORY);
      return Optional.empty();
    }
    metrics.hit(CacheTier.MEMORY, found.remaining());
    return Optional.of(found.duplicate());
  }

  /// The page where it is here; no use of it in the eyes of metrics and eviction.
  Optional<ByteBuffer> peek(PageKey key) {
    return Optional.ofNullable(cache.policy().getIfPresentQuietly(key)).map(ByteBuffer::duplicate);
  }

  /// False where a query that wants so many bytes at once would take more than a quarter.
  boolean admits(long waveBytes) {
    return waveBytes <= maxBytes / SHARE;
  }

  /// Keeps a page; its buffer must hold nothing but it, or more would stay in memory than is
  /// counted.
  void put(PageKey key, ByteBuffer bytes) {
    cache.put(key, bytes.duplicate());
    metrics.written(CacheTier.MEMORY, bytes.remaining());
  }

  void forget(PageKey key) {
    cache.invalidate(key);
  }
}
