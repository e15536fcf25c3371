package io.lamella.gateway.cache;

import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.metrics.CacheTier;
import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.metrics.FetchMetrics.NotKept;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The caches of pages, memory over disk. What the disk has comes up into memory; what the store
/// gave goes into both. Only ranges that a query wanted are kept, never the gaps between them.
public final class PageCache implements AutoCloseable {
  private final MemoryPages memory;
  private final Optional<DiskPages> disk;
  private final FetchMetrics metrics;

  public PageCache(MemoryPages memory, Optional<DiskPages> disk, FetchMetrics metrics) {
    this.memory = memory;
    this.disk = disk;
    this.metrics = metrics;
    disk.ifPresent(d -> d.keepAlso(k -> memory.peek(k).isPresent()));
  }

  /// Which caches may keep what a wave of reads brings.
  public record Admission(boolean memory, boolean disk) {
    public boolean any() {
      return memory || disk;
    }
  }

  /// @param waveBytes all that a query wants at once; more than a share of a cache goes past it, so
  ///   that a broad query does not push out what narrow ones live of
  public Admission admission(long waveBytes) {
    return new Admission(
        memory.admits(waveBytes), disk.isPresent() && disk.get().admits(waveBytes));
  }

  /// The pages that are here. Their bytes are not to be written to.
  ///
  /// @param budget is told what each cache had
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

  /// The page where it lies in memory; counts as no use.
  public Optional<ByteBuffer> peek(PageKey key) {
    return memory.peek(key);
  }

  /// Keeps a page whose buffer holds nothing but it.
  public void put(PageKey key, ByteBuffer bytes, Admission admission) {
    if (admission.memory()) {
      memory.put(key, bytes);
    } else {
      metrics.notKept(CacheTier.MEMORY, NotKept.BROAD);
    }
    if (disk.isPresent()) {
      if (admission.disk()) {
        disk.get().put(key, bytes);
      } else {
        metrics.notKept(CacheTier.DISK, NotKept.BROAD);
      }
    }
  }

  /// The page where it lies on disk; does not come up into memory, as who asks keeps it otherwise.
  public Optional<ByteBuffer> findOnDisk(PageKey key) throws InterruptedException {
    return disk.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(disk.get().find(List.of(key)).get(key));
  }

  /// Keeps a page on disk alone.
  public void putOnDisk(PageKey key, ByteBuffer bytes) {
    disk.ifPresent(d -> d.put(key, bytes));
  }

  /// Gives a page up that proved corrupt or replaced: the next query reads it anew.
  public void forget(PageKey key) {
    metrics.forgotten();
    memory.forget(key);
    disk.ifPresent(d -> d.forget(key));
  }

  @Override
  public void close() {
    disk.ifPresent(DiskPages::close);
  }
}
