package io.lamella.gateway.cache;

import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.metrics.CacheTier;
import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.metrics.FetchMetrics.AdmissionRejection;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The page cache: memory over disk. Pages found on disk are put into memory; pages read from the
/// store are put into both. Only ranges that a query requested are cached, never the gaps between
/// them.
public final class PageCache implements AutoCloseable {
  private final MemoryPages memory;
  private final Optional<DiskPages> disk;
  private final FetchMetrics metrics;

  public PageCache(MemoryPages memory, Optional<DiskPages> disk, FetchMetrics metrics) {
    this.memory = memory;
    this.disk = disk;
    this.metrics = metrics;
    disk.ifPresent(d -> d.retainOnEviction(k -> memory.peek(k).isPresent()));
  }

  /// Which tiers may cache the pages of a fetch batch.
  public record Admission(boolean memory, boolean disk) {
    public boolean any() {
      return memory || disk;
    }
  }

  /// @param batchBytes bytes that a query reads at once; where they exceed its share of a tier,
  ///   none of it is cached there, so that a broad query does not evict the pages of narrow ones
  public Admission admission(long batchBytes) {
    return new Admission(
        memory.admits(batchBytes), disk.isPresent() && disk.get().admits(batchBytes));
  }

  /// The pages that are cached. Their bytes are shared and must not be modified.
  ///
  /// @param admission whether pages found on disk are put into memory
  /// @param budget counts the hits of each tier
  public Map<PageKey, ByteBuffer> find(
      Collection<PageKey> keys, Admission admission, QueryBudget budget)
      throws InterruptedException {
    Map<PageKey, ByteBuffer> found = new HashMap<>(keys.size() * 2);
    List<PageKey> missing = new ArrayList<>();
    for (PageKey key : keys) {
      Optional<ByteBuffer> bytes = memory.find(key);
      bytes.ifPresentOrElse(b -> found.put(key, b), () -> missing.add(key));
    }
    budget.countCached(CacheTier.MEMORY, found.size(), bytes(found));
    if (disk.isPresent() && !missing.isEmpty()) {
      Map<PageKey, ByteBuffer> fromDisk = disk.get().find(missing);
      if (admission.memory()) {
        fromDisk.forEach(memory::put);
      }
      budget.countCached(CacheTier.DISK, fromDisk.size(), bytes(fromDisk));
      found.putAll(fromDisk);
    }
    return found;
  }

  private static long bytes(Map<PageKey, ByteBuffer> pages) {
    long sum = 0;
    for (PageKey k : pages.keySet()) {
      sum += k.range().length();
    }
    return sum;
  }

  /// The page if it is in memory; counts neither in metrics nor for eviction.
  public Optional<ByteBuffer> peek(PageKey key) {
    return memory.peek(key);
  }

  /// Caches a page whose buffer holds nothing else.
  public void put(PageKey key, ByteBuffer bytes, Admission admission) {
    if (admission.memory()) {
      memory.put(key, bytes);
    } else {
      metrics.admissionRejected(CacheTier.MEMORY, AdmissionRejection.QUERY_TOO_LARGE);
    }
    if (disk.isPresent()) {
      if (admission.disk()) {
        disk.get().put(key, bytes);
      } else {
        metrics.admissionRejected(CacheTier.DISK, AdmissionRejection.QUERY_TOO_LARGE);
      }
    }
  }

  /// The page if it is on disk; it is not put into memory, because the caller caches the decoded
  /// form.
  public Optional<ByteBuffer> findOnDisk(PageKey key) throws InterruptedException {
    return disk.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(disk.get().find(List.of(key)).get(key));
  }

  /// Caches a page on disk only.
  public void putOnDisk(PageKey key, ByteBuffer bytes) {
    disk.ifPresent(d -> d.put(key, bytes));
  }

  /// Removes a page that is corrupt or replaced; the next query reads it from the store.
  public void invalidate(PageKey key) {
    metrics.invalidated();
    memory.invalidate(key);
    disk.ifPresent(d -> d.invalidate(key));
  }

  @Override
  public void close() {
    disk.ifPresent(DiskPages::close);
  }
}
