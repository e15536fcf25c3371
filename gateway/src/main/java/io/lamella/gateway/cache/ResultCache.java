package io.lamella.gateway.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Optional;
import java.util.function.ToLongBiFunction;

/// Things in memory by what they are for, bounded by their bytes; a thing larger than a sixteenth
/// of the bound is not kept.
public final class ResultCache<K, V> {
  private static final int SHARE = 16;

  private final Cache<K, V> cache;
  private final ToLongBiFunction<K, V> bytes;
  private final long maxBytes;

  /// @param maxBytes to keep; 0 keeps nothing
  /// @param bytes what an entry takes, roughly
  public ResultCache(long maxBytes, ToLongBiFunction<K, V> bytes) {
    this.maxBytes = maxBytes;
    this.bytes = bytes;
    this.cache =
        Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumWeight(maxBytes)
            .<K, V>weigher((k, v) -> (int) Math.min(Integer.MAX_VALUE, bytes.applyAsLong(k, v)))
            .build();
  }

  public Optional<V> find(K key) {
    return Optional.ofNullable(cache.getIfPresent(key));
  }

  public void put(K key, V value) {
    if (bytes.applyAsLong(key, value) <= maxBytes / SHARE) {
      cache.put(key, value);
    }
  }

  /// Bytes that are kept.
  public long bytes() {
    return cache.policy().eviction().orElseThrow().weightedSize().orElse(0);
  }
}
