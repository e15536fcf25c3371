package io.lamella.gateway.results;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.model.Labels;
import io.lamella.model.TimeRange;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// Label names, label values and label sets in memory, bounded by their estimated bytes. Each is
/// valid while the data that it was collected from is the same. One larger than a sixteenth of the
/// bound is not cached. Tenants share the bound, but never find each other's results. Thread-safe.
public final class LabelResultsCache {
  private static final int MAX_SHARE = 16;
  private static final long ENTRY_BYTES = 500;
  private static final long ELEMENT_BYTES = 120;

  private final Cache<TenantKey, Entry> cache;
  private final String tenant;
  private final long maxBytes;
  private final AtomicLong requests;
  private final AtomicLong hits;

  /// A request of a tenant.
  private record TenantKey(String tenant, Key request) {}

  /// Everything that a result depends on except the data.
  ///
  /// @param what is collected; determines the type of the result
  /// @param selectors the texts of their matchers
  /// @param limit 0 for none
  public record Key(String what, List<List<String>> selectors, TimeRange range, int limit) {
    public Key {
      selectors = selectors.stream().map(List::copyOf).toList();
    }

    private long bytes() {
      long bytes = 2L * what.length();
      for (List<String> matchers : selectors) {
        bytes += ELEMENT_BYTES;
        for (String m : matchers) {
          bytes += ELEMENT_BYTES + 2L * m.length();
        }
      }
      return bytes;
    }
  }

  private record Entry(Object version, Collection<?> result, long bytes) {}

  /// @param maxBytes of results in memory; 0 to cache nothing
  /// @param metrics where the cache registers its own; one cache per registry
  public LabelResultsCache(long maxBytes, GatewayMetrics metrics) {
    this.maxBytes = maxBytes;
    tenant = "";
    requests = new AtomicLong();
    hits = new AtomicLong();
    this.cache =
        Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumWeight(maxBytes)
            .<TenantKey, Entry>weigher((k, e) -> (int) Math.min(Integer.MAX_VALUE, e.bytes()))
            .build();
    metrics.counter(
        "lamella_label_results_cache_requests_total",
        "Label requests that were looked up in the cache of their results.",
        requests::get);
    metrics.counter(
        "lamella_label_results_cache_hits_total",
        "Label requests whose result was found in the cache and was still valid.",
        hits::get);
    metrics.gauge(
        "lamella_label_results_cache_bytes",
        "Estimated bytes of the cached results of label requests.",
        () -> cache.policy().eviction().orElseThrow().weightedSize().orElse(0));
  }

  private LabelResultsCache(LabelResultsCache all, String tenant) {
    maxBytes = all.maxBytes;
    cache = all.cache;
    requests = all.requests;
    hits = all.hits;
    this.tenant = tenant;
  }

  /// The part of this cache that has the results of one tenant.
  ///
  /// @param name empty where there are no tenants
  public LabelResultsCache ofTenant(String name) {
    return new LabelResultsCache(this, name);
  }

  /// The result of an equal request on the same data; collected now where there is none.
  ///
  /// @param version of the data; empty where it is not known, so that nothing is cached
  public <T extends Collection<?>> T get(
      Key key, Supplier<Optional<Object>> version, Supplier<T> collect) {
    Optional<Object> before = version.get();
    Optional<T> cached = before.flatMap(v -> find(key, v));
    if (cached.isPresent()) {
      return cached.get();
    }
    T result = collect.get();
    long bytes = ENTRY_BYTES + key.bytes() + bytes(result);
    if (bytes <= maxBytes / MAX_SHARE && before.isPresent() && version.get().equals(before)) {
      cache.put(new TenantKey(tenant, key), new Entry(before.get(), result, bytes));
    }
    return result;
  }

  @SuppressWarnings("unchecked")
  private <T> Optional<T> find(Key key, Object version) {
    requests.incrementAndGet();
    Entry found = cache.getIfPresent(new TenantKey(tenant, key));
    if (found == null || !found.version().equals(version)) {
      return Optional.empty();
    }
    hits.incrementAndGet();
    return Optional.of((T) found.result());
  }

  private static long bytes(Collection<?> result) {
    long bytes = 0;
    for (Object o : result) {
      bytes += ELEMENT_BYTES;
      if (o instanceof Labels l) {
        for (int i = 0; i < l.size(); i++) {
          bytes += 16L + l.name(i).length() + l.value(i).length();
        }
      } else {
        bytes += 2L * o.toString().length();
      }
    }
    return bytes;
  }
}
