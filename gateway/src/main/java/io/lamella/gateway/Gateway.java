package io.lamella.gateway;

import io.lamella.gateway.budget.FetchLimits;
import io.lamella.gateway.budget.MemoryPool;
import io.lamella.gateway.budget.QueryBudget;
import io.lamella.gateway.cache.DiskPages;
import io.lamella.gateway.cache.MemoryPages;
import io.lamella.gateway.cache.PageCache;
import io.lamella.gateway.cache.ShardMetadataCache;
import io.lamella.gateway.catalog.BlockCatalog;
import io.lamella.gateway.catalog.CatalogSnapshot;
import io.lamella.gateway.catalog.EarlyRefresh;
import io.lamella.gateway.fetch.CdnObjectStore;
import io.lamella.gateway.fetch.CoalescedReads;
import io.lamella.gateway.fetch.HedgingObjectStore;
import io.lamella.gateway.fetch.ReadScheduler;
import io.lamella.gateway.fetch.ScheduledReads;
import io.lamella.gateway.http.ApiServer;
import io.lamella.gateway.metrics.CatalogRefresh;
import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.gateway.metrics.MeteredObjectStore;
import io.lamella.gateway.query.QueryService;
import io.lamella.gateway.read.RangeReader;
import io.lamella.gateway.read.ShardMetadataReader;
import io.lamella.gateway.results.ResultsCache;
import io.lamella.gateway.select.BlockSource;
import io.lamella.gateway.select.LabelPrefetch;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.source.SeriesSource;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.object.ObjectStore;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The house, built top to bottom: store, catalog, caches, reader, source, engine, service. Owns
/// none of the store's life: whoever opened it closes it.
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  private final GatewayMetrics metrics = new GatewayMetrics();
  private final BlockCatalog catalog;
  private final QueryService queries;
  private final BlockSource source;
  private final LabelPrefetch prefetch;
  private final PageCache pages;
  private final ScheduledExecutorService refresher =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("catalog-refresh").factory());
  private final long refreshMillis;
  private volatile boolean ready;

  private Gateway(ObjectStore store, GatewayOptions options) {
    refreshMillis = options.catalogRefresh().toMillis();
    ObjectStore metered = new MeteredObjectStore(store, metrics);
    FetchMetrics fetching = metrics.fetch();
    FetchOptions fetch = options.fetch();
    ReadScheduler gate = new ReadScheduler(fetch.gate());
    catalog = new BlockCatalog(metered, gate);
    ObjectStore mirrored =
        fetch.cdn().<ObjectStore>map(m -> new CdnObjectStore(metered, m, fetching)).orElse(metered);
    ObjectStore hedged = new HedgingObjectStore(mirrored, metered, fetch.hedging(), fetching);
    pages =
        new PageCache(
            new MemoryPages(fetch.memoryBytes(), fetching),
            fetch.disk().flatMap(d -> DiskPages.open(d, fetching)),
            fetching);
    ShardMetadataCache known = new ShardMetadataCache(options.layoutBytes());
    ScheduledReads gated = new ScheduledReads(hedged, gate, known::invalidate);
    ShardMetadataReader layouts = new ShardMetadataReader(known, pages, gated, fetching);
    CoalescedReads reads = new CoalescedReads(gated, options.coalescing(), pages, fetching);
    RangeReader reader = new RangeReader(pages, reads, options.coalescing());
    source = new BlockSource(catalog, layouts, reader, new EarlyRefresh(this::refreshCatalog));
    AtomicLong ahead = new AtomicLong();
    prefetch = new LabelPrefetch(layouts, reader, options.prefetch(), ahead::addAndGet);
    metrics.counter(
        "lamella_prefetched_bytes_total",
        "Bytes of label pages that were brought before a query asked.",
        ahead::get);
    MemoryPool memory = new MemoryPool(options.queryBytes());
    metrics.gauge(
        "lamella_query_memory_bytes",
        "Memory that queries under way hold for what they fetched.",
        memory::held);
    queries =
        new QueryService(
            new PromqlEngine(options.engine()),
            source,
            options.ceilings(),
            memory,
            options.resultBytes() == 0
                ? ResultsCache.disabled()
                : new ResultsCache(options.resultBytes(), metrics),
            options.engine().timeout(),
            options.maxConcurrentQueries());
    metrics.gauge(
        "lamella_catalog_blocks",
        "Published blocks that queries see.",
        () -> catalog.snapshot().blocks().size());
    metrics.gauge(
        "lamella_catalog_newest_sample_timestamp_seconds",
        "End of the newest published block, in seconds since the epoch; 0 where there is none.",
        () ->
            catalog.snapshot().blocks().stream().mapToLong(BlockMeta::maxTimeMillis).max().orElse(0)
                / 1000.0);
    metrics.gauge(
        "lamella_catalog_unreadable_blocks",
        "Published blocks whose meta cannot be read; queries of their days fail.",
        () -> catalog.snapshot().broken().size());
  }

  /// A gateway that is ready.
  ///
  /// @throws IOException where the bucket cannot be listed
  public static Gateway open(ObjectStore store, GatewayOptions options)
      throws IOException, InterruptedException {
    Gateway gateway = new Gateway(store, options);
    try {
      gateway.load();
    } catch (IOException | InterruptedException e) {
      gateway.close();
      throw e;
    }
    return gateway;
  }

  /// A gateway that has read nothing yet: it may serve, and says that it is not ready.
  public static Gateway unloaded(ObjectStore store, GatewayOptions options) {
    return new Gateway(store, options);
  }

  /// Reads the catalog once, which makes it ready, then keeps it fresh in the background; called
  /// once.
  ///
  /// @throws IOException where the bucket cannot be listed
  public void load() throws IOException, InterruptedException {
    catalog.refresh();
    metrics.catalogRefreshed(CatalogRefresh.OK);
    ready = true;
    refresher.execute(this::prefetch);
    refresher.scheduleWithFixedDelay(
        this::refresh, refreshMillis, refreshMillis, TimeUnit.MILLISECONDS);
  }

  private void refresh() {
    if (refreshCatalog()) {
      prefetch();
    }
  }

  /// @return false where it failed
  private boolean refreshCatalog() {
    try {
      catalog.refresh();
      metrics.catalogRefreshed(CatalogRefresh.OK);
      return true;
    } catch (IOException | RuntimeException e) {
      metrics.catalogRefreshed(CatalogRefresh.FAILED);
      LOG.warn("catalog not refreshed, the old one stays reason=\"{}\"", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private void prefetch() {
    try {
      prefetch.run(catalog.snapshot());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // Thrown on, it would end the refreshes to come.
      LOG.error("nothing is fetched ahead", e);
    }
  }

  /// Serves the HTTP API.
  public ApiServer serve(ApiServer.HttpOptions settings, ApiServer.BuildInfo build) {
    return ApiServer.start(queries, metrics, () -> ready, build, settings);
  }

  public QueryService queries() {
    return queries;
  }

  /// Series of all blocks, outside any query's limits but with a budget of their own.
  public SeriesSource source() {
    return source.series(new QueryBudget(FetchLimits.DEFAULT));
  }

  public CatalogSnapshot blocks() {
    return catalog.snapshot();
  }

  @Override
  public void close() {
    ready = false;
    refresher.shutdownNow();
    pages.close();
  }
}
