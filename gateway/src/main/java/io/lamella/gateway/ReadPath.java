package io.lamella.gateway;

import io.lamella.gateway.cache.DiskPages;
import io.lamella.gateway.cache.MemoryPages;
import io.lamella.gateway.cache.PageCache;
import io.lamella.gateway.cache.ShardMetadataCache;
import io.lamella.gateway.catalog.BlockCatalog;
import io.lamella.gateway.fetch.CdnObjectStore;
import io.lamella.gateway.fetch.CoalescedReads;
import io.lamella.gateway.fetch.HedgingObjectStore;
import io.lamella.gateway.fetch.ReadScheduler;
import io.lamella.gateway.fetch.ScheduledReads;
import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.gateway.metrics.MeteredObjectStore;
import io.lamella.gateway.read.RangeReader;
import io.lamella.gateway.read.ShardMetadataReader;
import io.lamella.storage.object.ObjectStore;

/// The chain from the readers of blocks down to the object store; only this class decides its
/// order.
///
/// A read of pages passes, in this order: the memory and disk caches of pages; the coalescing of
/// near and equal ranges; the scheduler's limits of concurrency and bandwidth; hedging; the CDN,
/// where there is one; metrics; the store. Metadata of shards passes its own cache and then the
/// same scheduler. The catalog shares the scheduler and the metrics; it is neither cached nor
/// hedged.
///
/// The caller closes the store; closing this closes the caches.
public final class ReadPath implements AutoCloseable {
  private final BlockCatalog catalog;
  private final ShardMetadataReader metadata;
  private final RangeReader ranges;
  private final PageCache pages;

  private ReadPath(ObjectStore store, GatewayOptions options, GatewayMetrics metrics) {
    FetchOptions fetch = options.fetch();
    FetchMetrics fetchMetrics = metrics.fetch();
    ReadScheduler scheduler = new ReadScheduler(fetch.readLimits());
    ObjectStore metered = new MeteredObjectStore(store, metrics);
    ObjectStore mirrored =
        fetch
            .cdn()
            .<ObjectStore>map(m -> new CdnObjectStore(metered, m, fetchMetrics))
            .orElse(metered);
    ObjectStore hedged = new HedgingObjectStore(mirrored, metered, fetch.hedging(), fetchMetrics);
    ShardMetadataCache metadataCache = new ShardMetadataCache(options.metadataBytes());
    ScheduledReads scheduled = new ScheduledReads(hedged, scheduler, metadataCache::invalidate);
    pages =
        new PageCache(
            new MemoryPages(fetch.memoryBytes(), fetchMetrics),
            fetch.disk().flatMap(d -> DiskPages.open(d, fetchMetrics)),
            fetchMetrics);
    CoalescedReads coalesced =
        new CoalescedReads(scheduled, options.coalescing(), pages, fetchMetrics);
    ranges = new RangeReader(pages, coalesced, options.coalescing());
    metadata = new ShardMetadataReader(metadataCache, pages, scheduled, fetchMetrics);
    catalog = new BlockCatalog(metered, scheduler);
  }

  /// Opens the caches; reads nothing from the store.
  public static ReadPath open(ObjectStore store, GatewayOptions options, GatewayMetrics metrics) {
    return new ReadPath(store, options, metrics);
  }

  /// A read path for tools that inspect single blocks: without a page cache, and with metrics that
  /// are not exported.
  public static ReadPath withoutPageCache(ObjectStore store) {
    GatewayOptions options = GatewayOptions.defaults();
    return open(store, options.withFetch(options.fetch().withoutPageCache()), new GatewayMetrics());
  }

  public BlockCatalog catalog() {
    return catalog;
  }

  public ShardMetadataReader metadata() {
    return metadata;
  }

  public RangeReader ranges() {
    return ranges;
  }

  @Override
  public void close() {
    pages.close();
  }
}
