package io.lamella.gateway;

import io.lamella.gateway.catalog.BlockCatalog;
import io.lamella.gateway.catalog.CatalogSnapshot;
import io.lamella.gateway.catalog.EarlyRefresh;
import io.lamella.gateway.grpc.GrpcServer;
import io.lamella.gateway.http.ApiServer;
import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.MemoryPool;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.log.LoggedQuery;
import io.lamella.gateway.metrics.CatalogRefresh;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.gateway.process.MonotonicTime;
import io.lamella.gateway.process.Readiness;
import io.lamella.gateway.process.ScheduledTasks;
import io.lamella.gateway.query.ActiveQueries;
import io.lamella.gateway.query.ActiveQuery;
import io.lamella.gateway.query.CachedLabels;
import io.lamella.gateway.query.QueryQueue;
import io.lamella.gateway.query.QueryService;
import io.lamella.gateway.request.Telemetry;
import io.lamella.gateway.results.LabelResultsCache;
import io.lamella.gateway.results.ResultsCache;
import io.lamella.gateway.select.BlockSource;
import io.lamella.gateway.select.LabelPrefetch;
import io.lamella.gateway.trace.Tracing;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.source.SeriesSource;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.object.ObjectStore;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running gateway, wired top to bottom: read path, block source, engine, query service. The
/// caller closes the store after the gateway.
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  private static final int PREFETCHED_AT_A_TIME = 16;

  /// With more blocks a gateway is ready before their prefetch begins.
  private static final int MAX_PREFETCHED_BEFORE_READY = 4 * PREFETCHED_AT_A_TIME;

  private final GatewayMetrics metrics;
  private final ReadPath reads;
  private final BlockCatalog catalog;
  private final QueryService queries;
  private final BlockSource source;
  private final LabelPrefetch prefetch;
  private final ScheduledTasks refreshes = new ScheduledTasks("catalog-refresh");

  /// Its own thread: a long prefetch must not delay the next refresh.
  private final ScheduledTasks prefetches = new ScheduledTasks("prefetch");

  private final AtomicBoolean prefetchQueued = new AtomicBoolean();
  private final AtomicLong prefetchRuns = new AtomicLong();
  private final Duration refreshPause;
  private final Duration prefetchBeforeReady;
  private final Readiness readiness;
  private final ActiveQueries active = new ActiveQueries();

  private Gateway(ReadPath reads, GatewayOptions options, GatewayMetrics metrics) {
    this.metrics = metrics;
    this.reads = reads;
    refreshPause = options.catalogRefresh();
    prefetchBeforeReady = options.prefetch().beforeReady();
    readiness = new Readiness(new MonotonicTime(), options.catalogMaxAge(), reads::storeAnswers);
    catalog = reads.catalog();
    source =
        new BlockSource(
            catalog, reads.metadata(), reads.ranges(), new EarlyRefresh(this::refreshCatalog));
    AtomicLong prefetched = new AtomicLong();
    prefetch =
        new LabelPrefetch(
            reads.metadata(), reads.ranges(), options.prefetch(), prefetched::addAndGet);
    metrics.counter(
        "lamella_prefetched_bytes_total",
        "Bytes of label pages that were prefetched.",
        prefetched::get);
    metrics.counter(
        "lamella_prefetch_runs_total",
        "Prefetches that have ended, each after a refresh of the catalog.",
        prefetchRuns::get);
    MemoryPool memory = new MemoryPool(options.queryMemoryBytes());
    metrics.gauge(
        "lamella_query_memory_bytes",
        "Bytes of memory that queries hold: for fetched data, evaluation, and results being sent.",
        memory::held);
    metrics.gauge(
        "lamella_query_memory_waiting",
        "Threads of queries that wait for memory.",
        () -> memory.contention().waiting());
    metrics.counter(
        "lamella_query_memory_waits_total",
        "Times that a query had to wait for memory.",
        () -> memory.contention().waits());
    metrics.counter(
        "lamella_query_memory_refusals_total",
        "Times that a query was refused memory and failed.",
        () -> memory.contention().refusals());
    QueryQueue queue = new QueryQueue(options.queue());
    metrics.gauge("lamella_queries_running", "Queries that hold a permit.", queue::running);
    metrics.gauge("lamella_queries_waiting", "Queries that wait for a permit.", queue::waiting);
    metrics.counter(
        "lamella_queries_refused_total",
        "Queries that were refused because the queue was full or too slow.",
        queue::refused);
    queries =
        new QueryService(
            new PromqlEngine(options.engine()),
            new CachedLabels(
                source, new LabelResultsCache(options.resultsCacheBytes() / 8, metrics)),
            options.limits(),
            memory,
            options.resultsCacheBytes() == 0
                ? ResultsCache.disabled()
                : new ResultsCache(options.resultsCacheBytes(), metrics),
            options.engine().timeout(),
            queue);
    metrics.gauge(
        "lamella_queries_sending",
        "Requests whose response is being written.",
        () -> active.count(ActiveQuery.State.SENDING));
    metrics.gauge(
        "lamella_decoders",
        "Threads that decode samples ahead of evaluation.",
        source::runningDecoders);
    metrics.gauge(
        "lamella_catalog_blocks",
        "Published blocks that are visible to queries.",
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

  /// Opens a gateway and reads the catalog, after which it is ready.
  ///
  /// @throws IOException where the bucket cannot be listed
  public static Gateway open(ObjectStore store, GatewayOptions options)
      throws IOException, InterruptedException {
    Gateway gateway = unloaded(store, options);
    try {
      gateway.load();
    } catch (IOException | InterruptedException | RuntimeException e) {
      gateway.close();
      throw e;
    }
    return gateway;
  }

  /// Opens a gateway without reading the catalog: it can serve, but reports that it is not ready.
  public static Gateway unloaded(ObjectStore store, GatewayOptions options) {
    GatewayMetrics metrics = new GatewayMetrics();
    ReadPath reads = ReadPath.open(store, options, metrics);
    try {
      return new Gateway(reads, options, metrics);
    } catch (RuntimeException e) {
      reads.close();
      throw e;
    }
  }

  /// Reads the catalog, after which the gateway is ready, and refreshes it in the background from
  /// then on. Call it once.
  ///
  /// @throws IOException where the bucket cannot be listed
  public void load() throws IOException, InterruptedException {
    load(() -> {});
  }

  /// Like [#load()], but the gateway is not ready before `preparation` has ended, too.
  public void load(Preparation preparation) throws IOException, InterruptedException {
    catalog.refresh();
    metrics.catalogRefreshed(CatalogRefresh.OK);
    // A wait pays where the prefetch ends within it.
    boolean waits = catalog.snapshot().blocks().size() <= MAX_PREFETCHED_BEFORE_READY;
    long prefetchEnd = System.nanoTime() + (waits ? prefetchBeforeReady.toNanos() : 0);
    CountDownLatch prefetched = prefetchUntil(prefetchEnd);
    preparation.await();
    prefetched.await(prefetchEnd - System.nanoTime(), TimeUnit.NANOSECONDS);
    readiness.refreshed();
    prefetchSoon();
    refreshes.repeat(
        refreshPause,
        "catalog refresh",
        () -> {
          if (refreshCatalog()) {
            prefetchSoon();
          }
        });
  }

  /// Something else that has to be done before the gateway is ready.
  @FunctionalInterface
  public interface Preparation {
    /// Waits for its end.
    void await() throws InterruptedException;
  }

  /// Prefetches several blocks at a time until `endNanos`; no query is delayed yet. What is left
  /// then follows beside the queries.
  ///
  /// @return is counted down at its end
  private CountDownLatch prefetchUntil(long endNanos) {
    CountDownLatch ended = new CountDownLatch(1);
    prefetches.once(
        "prefetch",
        () -> {
          try {
            prefetch.run(
                catalog.snapshot(), PREFETCHED_AT_A_TIME, () -> System.nanoTime() - endNanos > 0);
          } finally {
            ended.countDown();
          }
        });
    return ended;
  }

  /// Queues a prefetch, unless one is queued that has not begun.
  private void prefetchSoon() {
    if (prefetchQueued.compareAndSet(false, true)) {
      prefetches.once(
          "prefetch",
          () -> {
            prefetchQueued.set(false);
            prefetch.run(catalog.snapshot());
            prefetchRuns.incrementAndGet();
          });
    }
  }

  /// @return false where the refresh failed
  private boolean refreshCatalog() {
    try {
      catalog.refresh();
      metrics.catalogRefreshed(CatalogRefresh.OK);
      readiness.refreshed();
      return true;
    } catch (IOException | RuntimeException e) {
      metrics.catalogRefreshed(CatalogRefresh.FAILED);
      LOG.warn(
          "catalog refresh failed, keeping the previous snapshot reason=\"{}\"", e.getMessage());
    } catch (Error e) {
      metrics.catalogRefreshed(CatalogRefresh.FAILED);
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  /// Serves the HTTP API.
  public ApiServer serve(ApiServer.HttpOptions settings, ApiServer.BuildInfo build) {
    return serve(settings, build, telemetry(Tracing.OFF, _ -> {}));
  }

  /// Serves the HTTP API, traced and logged. Call one of these methods once.
  public ApiServer serve(
      ApiServer.HttpOptions settings, ApiServer.BuildInfo build, Telemetry telemetry) {
    metrics.buildInfo(build.version(), build.revision());
    return ApiServer.start(queries, telemetry, build, settings);
  }

  /// Serves the gRPC services of a Thanos store.
  ///
  /// @throws IOException where the address is in use or a certificate cannot be read
  public GrpcServer serveGrpc(GrpcServer.GrpcOptions settings, Telemetry telemetry)
      throws IOException {
    return GrpcServer.start(queries, telemetry, settings);
  }

  /// How the requests of all APIs are watched.
  ///
  /// @param queryLog receives each query when it has ended
  public Telemetry telemetry(Tracing tracing, Consumer<LoggedQuery> queryLog) {
    return new Telemetry(metrics, readiness, active, tracing, queryLog);
  }

  /// The requests that are being carried out.
  public ActiveQueries active() {
    return active;
  }

  public GatewayMetrics metrics() {
    return metrics;
  }

  public QueryService queries() {
    return queries;
  }

  /// The series of all blocks, read with the default limits and outside the shared query memory.
  public SeriesSource source() {
    return source.series(new QueryBudget(FetchLimits.DEFAULT));
  }

  public CatalogSnapshot blocks() {
    return catalog.snapshot();
  }

  @Override
  public void close() {
    readiness.drain();
    refreshes.close();
    prefetches.close();
    reads.close();
  }
}
