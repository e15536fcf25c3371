package io.lamella.gateway;

import io.lamella.gateway.catalog.CatalogSnapshot;
import io.lamella.gateway.grpc.GrpcServer;
import io.lamella.gateway.http.ApiServer;
import io.lamella.gateway.log.LoggedQuery;
import io.lamella.gateway.metrics.CatalogRefresh;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.gateway.process.MonotonicTime;
import io.lamella.gateway.process.Readiness;
import io.lamella.gateway.process.ScheduledTasks;
import io.lamella.gateway.query.ActiveQueries;
import io.lamella.gateway.query.ActiveQuery;
import io.lamella.gateway.query.QueryService;
import io.lamella.gateway.request.Telemetry;
import io.lamella.gateway.results.LabelResultsCache;
import io.lamella.gateway.results.ResultsCache;
import io.lamella.gateway.tenant.TenantRefused;
import io.lamella.gateway.tenant.TenantSettings;
import io.lamella.gateway.tenant.Tenants;
import io.lamella.gateway.tenant.TenantsConfig;
import io.lamella.gateway.trace.Tracing;
import io.lamella.promql.exec.Workers;
import io.lamella.promql.source.SeriesSource;
import io.lamella.storage.object.ObjectStore;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
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
  private final ServedTenants served;
  private final Tenants tenants;
  private final ScheduledTasks refreshes = new ScheduledTasks("catalog-refresh");

  /// Its own thread: a long prefetch must not delay the next refresh.
  private final ScheduledTasks prefetches = new ScheduledTasks("prefetch");

  private final AtomicBoolean prefetchQueued = new AtomicBoolean();
  private final AtomicLong prefetchRuns = new AtomicLong();
  private final Duration refreshPause;
  private final Duration prefetchBeforeReady;
  private final Readiness readiness;
  private final ActiveQueries active = new ActiveQueries();

  private Gateway(
      ReadPath reads, GatewayOptions options, Optional<Tenancy> tenancy, GatewayMetrics metrics) {
    this.metrics = metrics;
    this.reads = reads;
    refreshPause = options.catalogRefresh();
    prefetchBeforeReady = options.prefetch().beforeReady();
    readiness = new Readiness(new MonotonicTime(), options.catalogMaxAge(), reads::storeAnswers);
    served =
        new ServedTenants(
            tenancy.map(Tenancy::config).orElseGet(() -> onlyOne(options)),
            new ServedTenant.Shared(
                reads,
                options,
                options.resultsCacheBytes() == 0
                    ? ResultsCache.disabled()
                    : new ResultsCache(options.resultsCacheBytes(), metrics),
                new LabelResultsCache(options.resultsCacheBytes() / 8, metrics),
                Workers.ofCores(Runtime.getRuntime().availableProcessors()),
                this::refreshCatalog));
    tenants =
        tenancy
            .map(t -> Tenants.byHeader(t.header(), this::queriesByTenant, refused(metrics)))
            .orElseGet(() -> Tenants.none(served.only().queries()));
    TenantMetrics.register(metrics, tenancy.map(_ -> "tenant"), served);
    metrics.counter(
        "lamella_prefetch_runs_total",
        "Prefetches that have ended, each after a refresh of the catalog.",
        prefetchRuns::get);
    metrics.gauge(
        "lamella_queries_sending",
        "Requests whose response is being written.",
        () -> active.count(ActiveQuery.State.SENDING));
  }

  /// Where there are no tenants: one without a name, whose limits are those of all queries.
  private static TenantsConfig onlyOne(GatewayOptions options) {
    return new TenantsConfig(
        new TreeMap<>(Map.of("", new TenantSettings("", options.tenantLimits()))));
  }

  private static Consumer<TenantRefused.Reason> refused(GatewayMetrics metrics) {
    Consumer<String> counter =
        metrics.refusedTenants(
            Stream.of(TenantRefused.Reason.values()).map(TenantRefused.Reason::label).toList());
    return reason -> counter.accept(reason.label());
  }

  private Map<String, QueryService> queriesByTenant() {
    return served.values(ServedTenant::queries);
  }

  /// How tenants are told apart.
  ///
  /// @param header that names the tenant
  /// @param config the first tenants
  public record Tenancy(String header, TenantsConfig config) {}

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
    return unloaded(store, options, Optional.empty());
  }

  /// The same for tenants, each below a prefix of the store.
  ///
  /// @param tenancy empty where there are no tenants
  /// @throws IllegalArgumentException where tenants are to have more memory than there is
  public static Gateway unloaded(
      ObjectStore store, GatewayOptions options, Optional<Tenancy> tenancy) {
    GatewayMetrics metrics = new GatewayMetrics();
    ReadPath reads = ReadPath.open(store, options, metrics);
    try {
      return new Gateway(reads, options, tenancy, metrics);
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
    ServedTenants.each(served.all(), ServedTenant::refresh);
    metrics.catalogRefreshed(CatalogRefresh.OK);
    // A wait pays where the prefetch ends within it.
    boolean waits = countBlocks() <= MAX_PREFETCHED_BEFORE_READY;
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
          ServedTenants.each(
              served.all(),
              t -> {
                if (refreshCatalog(t)) {
                  prefetchSoon();
                }
              });
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
            for (ServedTenant t : served.all()) {
              t.prefetch(PREFETCHED_AT_A_TIME, () -> System.nanoTime() - endNanos > 0);
            }
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
            for (ServedTenant t : served.all()) {
              t.prefetch();
            }
            prefetchRuns.incrementAndGet();
          });
    }
  }

  /// Of several tenants, one whose catalog is fresh shows that the store answers.
  ///
  /// @return false where the refresh failed
  private boolean refreshCatalog(ServedTenant tenant) {
    try {
      tenant.refresh();
      metrics.catalogRefreshed(CatalogRefresh.OK);
      readiness.refreshed();
      return true;
    } catch (IOException | RuntimeException e) {
      metrics.catalogRefreshed(CatalogRefresh.FAILED);
      LOG.warn(
          "catalog refresh failed, keeping the previous snapshot{} reason=\"{}\"",
          tenant.name().isEmpty() ? "" : " tenant=" + tenant.name(),
          e.getMessage());
    } catch (Error e) {
      metrics.catalogRefreshed(CatalogRefresh.FAILED);
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  /// Serves these tenants from now on, once the catalogs of new ones are read.
  ///
  /// @throws IOException where the blocks of a new tenant cannot be listed; nothing has changed
  ///   then
  /// @throws IllegalArgumentException where memory of tenants would change
  public void changeTenants(TenantsConfig config) throws IOException, InterruptedException {
    served.change(config);
    prefetchSoon();
  }

  /// Serves the HTTP API.
  public ApiServer serve(ApiServer.HttpOptions settings, ApiServer.BuildInfo build) {
    return serve(settings, build, telemetry(Tracing.OFF, _ -> {}));
  }

  /// Serves the HTTP API, traced and logged. Call one of these methods once.
  public ApiServer serve(
      ApiServer.HttpOptions settings, ApiServer.BuildInfo build, Telemetry telemetry) {
    metrics.buildInfo(build.version(), build.revision());
    return ApiServer.start(tenants, telemetry, build, settings);
  }

  /// Serves the gRPC services of a Thanos store.
  ///
  /// @throws IOException where the address is in use or a certificate cannot be read
  public GrpcServer serveGrpc(GrpcServer.GrpcOptions settings, Telemetry telemetry)
      throws IOException {
    return GrpcServer.start(tenants, telemetry, settings);
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

  /// The queries of all blocks.
  ///
  /// @throws IllegalStateException where there are tenants
  public QueryService queries() {
    return served.only().queries();
  }

  /// The series of all blocks, read with the default limits and outside the shared query memory.
  ///
  /// @throws IllegalStateException where there are tenants
  public SeriesSource source() {
    return served.only().series();
  }

  /// All blocks.
  ///
  /// @throws IllegalStateException where there are tenants
  public CatalogSnapshot blocks() {
    return served.only().catalog().snapshot();
  }

  /// How many blocks there are, of all tenants.
  public int countBlocks() {
    return served.all().stream().mapToInt(t -> t.catalog().snapshot().blocks().size()).sum();
  }

  @Override
  public void close() {
    readiness.drain();
    refreshes.close();
    prefetches.close();
    reads.close();
  }
}
