package io.lamella.gateway.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.cache.PageCache.Admission;
import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.metrics.CacheTier;
import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.metrics.FetchMetrics.AdmissionRejection;
import io.lamella.gateway.metrics.FetchMetrics.CacheLookup;
import io.lamella.storage.object.ObjectVersion;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MemoryPagesTest {
  private final FetchMetrics metrics = new FetchMetrics(new PrometheusRegistry());

  private PageCache cache(long maxBytes) {
    return new PageCache(new MemoryPages(maxBytes, metrics), Optional.empty(), metrics);
  }

  private static Map<PageKey, ByteBuffer> find(PageCache cache, PageKey... keys)
      throws InterruptedException {
    return cache.find(
        List.of(keys), new Admission(true, false), new QueryBudget(FetchLimits.DEFAULT));
  }

  @Test
  void aPageThatWasPutIsFoundAndCounted() throws InterruptedException {
    PageCache cache = cache(1 << 20);
    cache.put(CachePages.key(1), CachePages.bytes(1), cache.admission(1000));

    assertEquals(
        Map.of(CachePages.key(1), CachePages.bytes(1)),
        find(cache, CachePages.key(1), CachePages.key(2)));
    assertEquals(1, metrics.count(CacheTier.MEMORY, CacheLookup.HIT));
    assertEquals(1, metrics.count(CacheTier.MEMORY, CacheLookup.MISS));
  }

  @Test
  void readersOfAPageHaveTheirOwnBufferPositions() throws InterruptedException {
    PageCache cache = cache(1 << 20);
    cache.put(CachePages.key(1), CachePages.bytes(1), cache.admission(1000));

    find(cache, CachePages.key(1)).get(CachePages.key(1)).position(100);

    assertEquals(CachePages.bytes(1), find(cache, CachePages.key(1)).get(CachePages.key(1)));
  }

  @Test
  void anotherVersionOfTheObjectIsAnotherPage() throws InterruptedException {
    PageCache cache = cache(1 << 20);
    PageKey key = CachePages.key(1);
    cache.put(key, CachePages.bytes(1), cache.admission(1000));
    ObjectVersion other = new ObjectVersion(key.object().key(), key.object().size(), "e2");

    assertTrue(
        find(
                cache,
                new PageKey(new FileVersion(other, "d1"), key.range()),
                new PageKey(new FileVersion(key.object(), "d2"), key.range()))
            .isEmpty());
  }

  @Test
  void thePagesOfAQueryLargerThanItsShareAreNotCached() throws InterruptedException {
    PageCache cache = cache(1 << 20);
    cache.put(CachePages.key(1), CachePages.bytes(1), cache.admission(1000));

    for (int i = 2; i < 1000; i++) {
      cache.put(CachePages.key(i), CachePages.bytes(i), cache.admission(2 << 20));
    }

    assertFalse(find(cache, CachePages.key(1)).isEmpty());
    assertTrue(find(cache, CachePages.key(2)).isEmpty());
    assertEquals(998, metrics.count(CacheTier.MEMORY, AdmissionRejection.QUERY_TOO_LARGE));
  }

  @Test
  void aPageThatIsReadOftenOutlivesPagesReadOnce() throws InterruptedException {
    PageCache cache = cache(200_000);
    cache.put(CachePages.key(0), CachePages.bytes(0), cache.admission(1000));

    int hits = 0;
    for (int i = 1; i < 2000; i++) {
      cache.put(CachePages.key(i), CachePages.bytes(i), cache.admission(1000));
      if (find(cache, CachePages.key(0)).isEmpty()) {
        cache.put(CachePages.key(0), CachePages.bytes(0), cache.admission(1000));
      } else {
        hits++;
      }
    }

    assertTrue(hits > 1900, hits + " hits");
    assertTrue(metrics.evictions(CacheTier.MEMORY) > 1000);
  }

  @Test
  void anInvalidatedPageIsNotFound() throws InterruptedException {
    PageCache cache = cache(1 << 20);
    cache.put(CachePages.key(1), CachePages.bytes(1), cache.admission(1000));

    cache.invalidate(CachePages.key(1));

    assertTrue(find(cache, CachePages.key(1)).isEmpty());
  }

  @Test
  void aCacheOfZeroBytesStoresNothing() throws InterruptedException {
    PageCache cache = cache(0);
    cache.put(CachePages.key(1), CachePages.bytes(1), cache.admission(1000));

    assertTrue(find(cache, CachePages.key(1)).isEmpty());
  }
}
