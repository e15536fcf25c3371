package io.lamella.gateway.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lamella.storage.block.read.LabelDictionary;
import java.util.Optional;

/// Label pages in memory as they are after decoding, bounded by their bytes. Queries of the same
/// metrics decode the same few label pages again and again; chunk pages are many and are not kept.
public final class DecodedLabels {
  /// Estimated bytes of entry, key and objects.
  private static final int OVERHEAD_BYTES = 250;

  /// Longer pages are not kept.
  private static final int MAX_BYTES = 1 << 20;

  private final Cache<PageKey, Decoded> cache;

  private sealed interface Decoded {
    long bytes();
  }

  /// A dictionary and the memory that it takes.
  public record Dictionary(LabelDictionary values, long bytes) implements Decoded {}

  private static final class Codes implements Decoded {
    private final int[] codes;

    Codes(int[] codes) {
      this.codes = codes;
    }

    @Override
    public long bytes() {
      return 4L * codes.length;
    }
  }

  private static final class Hashes implements Decoded {
    private final long[] hashes;

    Hashes(long[] hashes) {
      this.hashes = hashes;
    }

    @Override
    public long bytes() {
      return 8L * hashes.length;
    }
  }

  /// @param maxBytes of decoded pages in memory; 0 for no cache
  public DecodedLabels(long maxBytes) {
    cache =
        Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumWeight(maxBytes)
            .<PageKey, Decoded>weigher((_, d) -> (int) d.bytes() + OVERHEAD_BYTES)
            .build();
  }

  /// The default size: 64 MiB, or a thirty-second of the heap where that is less.
  public static long defaultBytes() {
    return Math.min(64L << 20, Runtime.getRuntime().maxMemory() / 32);
  }

  /// Bytes of decoded pages in memory, overhead included.
  public long weight() {
    return cache.policy().eviction().orElseThrow().weightedSize().orElse(0);
  }

  public Optional<Dictionary> dictionary(PageKey page) {
    return cache.getIfPresent(page) instanceof Dictionary d ? Optional.of(d) : Optional.empty();
  }

  /// The codes of a page's rows, shared: not to be changed.
  public Optional<int[]> codes(PageKey page) {
    return cache.getIfPresent(page) instanceof Codes c ? Optional.of(c.codes) : Optional.empty();
  }

  /// The hashes of a page's rows, shared: not to be changed.
  public Optional<long[]> hashes(PageKey page) {
    return cache.getIfPresent(page) instanceof Hashes h ? Optional.of(h.hashes) : Optional.empty();
  }

  public void put(PageKey page, Dictionary dictionary) {
    put(page, (Decoded) dictionary);
  }

  /// @param codes not to be changed any more
  public void put(PageKey page, int[] codes) {
    put(page, new Codes(codes));
  }

  /// @param hashes not to be changed any more
  public void put(PageKey page, long[] hashes) {
    put(page, new Hashes(hashes));
  }

  private void put(PageKey page, Decoded decoded) {
    if (decoded.bytes() <= MAX_BYTES) {
      cache.put(page, decoded);
    }
  }
}
