package io.lamella.gateway;

import io.lamella.gateway.cache.DecodedLabels;
import io.lamella.gateway.cache.DiskPages;
import io.lamella.gateway.cache.LabelPairsCache;
import io.lamella.gateway.cache.MemoryPages;
import io.lamella.gateway.cache.PageCache;
import io.lamella.gateway.cache.ShardMetadataCache;
import io.lamella.gateway.catalog.BlockCatalog;
import io.lamella.gateway.fetch.CdnObjectStore;
import io.lamella.gateway.fetch.CircuitBreakingObjectStore;
import io.lamella.gateway.fetch.CoalescedReads;
import io.lamella.gateway.fetch.HedgingObjectStore;
import io.lamella.gateway.fetch.ReadScheduler;
import io.lamella.gateway.fetch.ScheduledReads;
import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.gateway.metrics.MeteredObjectStore;
import io.lamella.gateway.plan.Coalescing;
import io.lamella.gateway.read.RangeReader;
import io.lamella.gateway.read.ShardMetadataReader;
import io.lamella.gateway.select.BlockSource;
import io.lamella.storage.block.read.MetaMemory;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.RetryBudget;
import io.lamella.storage.object.RetryingObjectStore;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// The chain from the readers of blocks down to the object store; only this class decides its
/// order.
///
/// A read of pages passes, in this order: the memory and disk caches of pages; the coalescing of
/// near and equal ranges; the scheduler's limits of concurrency and bandwidth; retries; hedging;
/// the CDN, where there is one; the circuit breaker; metrics; the store. Metadata of shards passes
/// its own cache and then the same scheduler. The catalog shares the scheduler, the retry budget,
/// the circuit breaker and the metrics; it is neither cached nor hedged. Prefetches are not hedged,
/// but measured: a gateway that has just started knows when to hedge.
///
/// The caller closes the store; closing this closes the caches.
public final class ReadPath implements AutoCloseable {
  /// After this no retry starts. It is far within the deadline of queries.
  private static final Duration RETRY_DEADLINE = Duration.ofSeconds(15);

  private final Function<String, BlockCatalog> catalogs;
  private final ShardMetadataReader metadata;
  private final RangeReader ranges;
  private final LabelPairsCache pairs;
  private final PageCache pages;
  private final BooleanSupplier storeAnswers;

  private ReadPath(ObjectStore store, GatewayOptions options, GatewayMetrics metrics) {
    FetchOptions fetch = options.fetch();
    FetchMetrics fetchMetrics = metrics.fetch();
    ReadScheduler scheduler = new ReadScheduler(fetch.readLimits());
    FetchOptions.RequestOptions requests = fetch.requests();
    RetryBudget budget = new RetryBudget(requests.retryShare(), RetryBudget.DEFAULT_BURST);
    metrics.gauge(
        "lamella_object_store_retry_budget", "Retries that may be sent at once.", budget::saved);
    metrics.counter(
        "lamella_object_store_connections_opened_total",
        "Connections to the object store that were opened.",
        store::openedConnections);
    CircuitBreakingObjectStore guarded =
        new CircuitBreakingObjectStore(
            new MeteredObjectStore(store, metrics, requests.prices()), fetchMetrics);
    storeAnswers = guarded::isClosed;
    ObjectStore mirrored =
        fetch
            .cdn()
            .<ObjectStore>map(m -> new CdnObjectStore(guarded, m, fetchMetrics))
            .orElse(guarded);
    HedgingObjectStore hedged =
        new HedgingObjectStore(
            mirrored,
            guarded,
            fetch.hedging(),
            new HedgingObjectStore.HedgeGuard(budget, guarded::isClosed),
            fetchMetrics);
    RetryingObjectStore.RetryPolicy retries = requests.retries().within(RETRY_DEADLINE);
    ShardMetadataCache metadataCache = new ShardMetadataCache(options.metadataBytes());
    ScheduledReads scheduled =
        new ScheduledReads(
            new RetryingObjectStore(hedged, retries, budget),
            new RetryingObjectStore(hedged.unhedged(), retries, budget),
            scheduler,
            metadataCache::invalidate);
    pages =
        new PageCache(
            new MemoryPages(fetch.memoryBytes(), fetchMetrics),
            fetch.disk().flatMap(d -> DiskPages.open(d, fetchMetrics)),
            fetchMetrics);
    boolean cached = fetch.memoryBytes() > 0 || fetch.disk().isPresent();
    Coalescing coalescing = cached ? options.coalescing() : options.coalescing().withoutExtents();
    CoalescedReads coalesced = new CoalescedReads(scheduled, coalescing, pages, fetchMetrics);
    DecodedLabels labels = new DecodedLabels(DecodedLabels.defaultBytes());
    metrics.gauge(
        "lamella_decoded_labels_bytes",
        "Bytes of decoded label pages in memory, overhead included.",
        labels::weight);
    ranges = new RangeReader(pages, coalesced, coalescing, labels);
    metadata = new ShardMetadataReader(metadataCache, pages, scheduled, fetchMetrics);
    pairs = new LabelPairsCache(LabelPairsCache.defaultBytes(), metrics);
    ObjectStore listed = new RetryingObjectStore(guarded, retries, budget);
    MetaMemory metas = MetaMemory.ofHeap();
    catalogs =
        prefix ->
            new BlockCatalog(
                listed, scheduler, new BlockCatalog.Part(prefix, options.slice()), metas);
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

  /// A new catalog of the blocks below a prefix. Whatever reads them has keys with this prefix, so
  /// that blocks of the same name share nothing below different ones.
  ///
  /// @param prefix with a slash at its end; empty for the whole bucket
  public BlockCatalog openCatalog(String prefix) {
    return catalogs.apply(prefix);
  }

  public ShardMetadataReader metadata() {
    return metadata;
  }

  /// All that blocks are read with.
  public BlockSource.BlockReads blocks() {
    return new BlockSource.BlockReads(metadata, ranges, pairs);
  }

  /// False while the circuit breaker of the store is open.
  public boolean storeAnswers() {
    return storeAnswers.getAsBoolean();
  }

  public RangeReader ranges() {
    return ranges;
  }

  @Override
  public void close() {
    pages.close();
  }
}
