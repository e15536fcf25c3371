package io.lamella.cli;

import io.lamella.gateway.FetchOptions;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.grpc.GrpcServer;
import io.lamella.gateway.http.ApiServer;
import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.plan.Coalescing;
import io.lamella.gateway.query.ActiveQuery;
import io.lamella.gateway.request.Telemetry;
import io.lamella.gateway.select.PrefetchLimits;
import io.lamella.gateway.trace.Tracing;
import io.lamella.model.JsonQuote;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.ast.Feature;
import io.lamella.storage.BuildVersion;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.RetryingObjectStore.RetryPolicy;
import io.lamella.storage.object.config.ObjectStores;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Serves published blocks over HTTP and gRPC until the process is terminated.
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Serves Prometheus' HTTP API, and Thanos' gRPC API, from published blocks.")
public final class ServeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  private static final long DEFAULT_PREFETCH_BYTES = 64 << 20;

  /// A sample in memory takes 16 bytes, and several queries of the maximum size must fit into the
  /// heap.
  private static final long HEAP_BYTES_PER_SAMPLE = 100;

  private static final int MAX_REPORTED_QUERIES = 20;
  private static final int MAX_REPORTED_CHARACTERS = 200;

  private static final int REFRESHES_UNTIL_TOO_OLD = 5;

  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();
  @Mixin private StoreOptions store = new StoreOptions();
  @Mixin private FetchFlags fetch = new FetchFlags();
  @Mixin private WatchFlags watch = new WatchFlags();
  @Mixin private QueueFlags queue = new QueueFlags();
  @Mixin private WebFlags web = new WebFlags();
  @Mixin private ClientFlags clients = new ClientFlags();
  @Mixin private GrpcFlags grpc = new GrpcFlags();
  @Mixin private SliceFlags slice = new SliceFlags();
  @Mixin private TenantFlags tenancy = new TenantFlags();
  @Mixin private AssociationFlags associations = new AssociationFlags();

  @Option(
      names = "--catalog.refresh",
      paramLabel = "DURATION",
      description =
          "Interval between two catalog refreshes, which find new blocks (default ${DEFAULT-VALUE}).")
  private String refresh = "1m";

  @Option(
      names = "--catalog.max-age",
      paramLabel = "DURATION",
      description =
          "/-/ready reports 503 while the last successful catalog refresh is older than this (default: five times --catalog.refresh).")
  private String maxAge = "";

  @Option(
      names = "--query.timeout",
      paramLabel = "DURATION",
      description = "Maximum duration of a query (default ${DEFAULT-VALUE}).")
  private String timeout = "2m";

  @Option(
      names = "--query.lookback-delta",
      paramLabel = "DURATION",
      description = "Lookback delta of instant selectors (default ${DEFAULT-VALUE}).")
  private String lookback = "5m";

  @Option(
      names = "--query.max-samples",
      paramLabel = "N",
      description = "Maximum samples that a query may hold in memory (default ${DEFAULT-VALUE}).")
  private long maxSamples =
      Math.min(
          EngineOptions.defaults().maxSamples(),
          Runtime.getRuntime().maxMemory() / HEAP_BYTES_PER_SAMPLE);

  @Option(
      names = "--query.max-series",
      paramLabel = "N",
      description = "Maximum series that a query may select (default ${DEFAULT-VALUE}).")
  private long maxSeries = FetchLimits.DEFAULT.maxSeries();

  @Option(
      names = "--query.max-fetched-bytes",
      paramLabel = "N",
      description =
          "Maximum bytes that a query may read from the store (default ${DEFAULT-VALUE}).")
  private long maxBytes = FetchLimits.DEFAULT.maxBytes();

  @Option(
      names = "--query.max-memory",
      paramLabel = "SIZE",
      description =
          "Maximum memory of all queries together, until their results are sent; one query may hold half of it, and all backtests together half of it (default: two fifths of the heap).")
  private String queryMemory = "";

  @Option(
      names = "--query.replica-label",
      paramLabel = "NAME",
      description =
          "Label that distinguishes replicas, repeatable: queries by HTTP read replicas as one series, as Thanos Query does, unless they say dedup=false; replicaLabels[] names others (default: none).")
  private List<String> replicaLabels = new ArrayList<>();

  @Option(
      names = "--prefetch.labels-size",
      paramLabel = "SIZE",
      description =
          "Label pages of the newest blocks to prefetch, in addition to all manifests; 0 turns prefetching off (default: 64MiB, or a quarter of the page cache if that is less).")
  private String prefetch = "";

  @Option(
      names = "--cache.results-size",
      paramLabel = "SIZE",
      description =
          "Size of the results cache; an entry is valid as long as its blocks are unchanged; 0 turns it off (default: 64MiB, or a sixteenth of the heap if that is less).")
  private String results = "";

  @Option(
      names = "--memory.limit",
      paramLabel = "SIZE",
      description =
          "Memory limit of the whole process, 512MiB or more; the launcher derives the heap size from it (default: a heap of a quarter of the machine's memory).")
  private String memoryLimit = "";

  @Option(
      names = "--store.max-gap-bytes",
      paramLabel = "N",
      description =
          "Maximum gap between two ranges that are read in one request (default ${DEFAULT-VALUE}).")
  private long maxGap = Coalescing.DEFAULT.maxGapBytes();

  @Option(
      names = "--enable-feature",
      split = ",",
      paramLabel = "NAME",
      description =
          "Feature flags as in Prometheus: promql-experimental-functions, promql-extended-range-selectors, promql-binop-fill-modifiers,"
              + " promql-delayed-name-removal, use-start-timestamps, type-and-unit-labels.")
  private List<String> features = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    if (!store.isGiven()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "cannot serve: --store is missing");
    }
    Listen address = web.address(spec.commandLine());
    web.resolvePaths(spec.commandLine());
    GatewayOptions options = options();
    checkMemory();
    watch.check(spec.commandLine());
    ObjectStores.PlainStore plain = store.openPlain();
    try (StopSignal signal = StopSignal.register();
        ObjectStore opened = plain.store();
        WebFlags.WebConfigs webConfig = web.openConfig();
        TenantFlags.OpenTenants tenants = tenancy.open(options.tenantLimits(), spec.commandLine());
        AssociationFlags.OpenAssociations associated = associations.open();
        Gateway gateway = open(opened, options, plain.retries(), tenants);
        Tracing tracing = watch.openTracing();
        WatchFlags.QueryLogs logs = watch.openLogs(gateway.metrics(), spec.commandLine())) {
      // The catalog is loaded while the server starts, because each takes several hundred
      // milliseconds.
      FutureTask<@Nullable Void> loading =
          new FutureTask<>(() ->
              load(
                  gateway,
                  grpc.isOn()
                      ? EnumSet.allOf(StartupWarmUp.Api.class)
                      : Set.of(StartupWarmUp.Api.HTTP)));
      Thread.ofPlatform().daemon().name("catalog-load").start(loading);
      Telemetry telemetry = gateway.telemetry(tracing, logs);
      try (ApiServer server =
              gateway.serve(
                  web.options(
                          clients.limits(spec.commandLine()),
                          Set.copyOf(replicaLabels),
                          webConfig,
                          spec.commandLine())
                      .withAssociations(associated.current()),
                  new ApiServer.BuildInfo(
                      BuildVersion.NUMBER, "", ShownFlags.of(spec.commandLine()), store.shown()),
                  telemetry);
          OptionalServer grpcServer =
              new OptionalServer(
                  grpc.start(
                      gateway, telemetry, clients.limits(spec.commandLine()), spec.commandLine()));
          AdminListener _ =
              AdminListener.open(
                  watch.admin(spec.commandLine()), gateway.active(), tenants.header())) {
        await(loading);
        tenants.watch(gateway);
        LOG.info(
            "serving store=\"{}\" blocks={} {}",
            opened.description(),
            gateway.countBlocks(),
            web.urls(webConfig, address, server.port()));
        signal.await();
        grpcServer.server().ifPresent(GrpcServer::drain);
        stop(server);
      }
    }
    return 0;
  }

  /// @param retries by the gateway; the store does not retry
  private Gateway open(
      ObjectStore store,
      GatewayOptions options,
      RetryPolicy retries,
      TenantFlags.OpenTenants tenants) {
    try {
      return Gateway.unloaded(
          store, options.withFetch(options.fetch().withRetries(retries)), tenants.tenancy());
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  /// The gRPC server, where there is one.
  private record OptionalServer(Optional<GrpcServer> server) implements AutoCloseable {
    @Override
    public void close() {
      server.ifPresent(GrpcServer::close);
    }
  }

  /// Lets active requests end, cuts off those that do not in time, and reports which.
  private void stop(ApiServer server) throws InterruptedException {
    Duration grace = watch.grace(spec.commandLine());
    LOG.info("stopping grace={}s", grace.toMillis() / 1000.0);
    ApiServer.DrainReport report = server.drain(grace);
    LOG.info(
        "stopped drained={} cut={}{}",
        report.drained(),
        report.cut().size(),
        report.cut().stream()
            .limit(MAX_REPORTED_QUERIES)
            .map(q -> " query=" + q.id() + " expression=" + quoted(q))
            .collect(Collectors.joining()));
  }

  private static String quoted(ActiveQuery query) {
    String text = query.expression().map(ActiveQuery.Expression::text).orElse("");
    StringBuilder out = new StringBuilder();
    JsonQuote.append(
        out,
        text.length() <= MAX_REPORTED_CHARACTERS
            ? text
            : text.substring(0, MAX_REPORTED_CHARACTERS) + "…");
    return out.toString();
  }

  /// Loads the catalog and warms up the process at the same time.
  private static @Nullable Void load(Gateway gateway, Set<StartupWarmUp.Api> apis)
      throws IOException, InterruptedException {
    Optional<Path> bucket = StartupWarmUp.bucket();
    if (bucket.isEmpty()) {
      gateway.load();
      return null;
    }
    Thread warmUp =
        Thread.ofPlatform()
            .daemon()
            .name("warm-up")
            .start(() -> StartupWarmUp.run(bucket.get(), apis));
    gateway.load(warmUp::join);
    return null;
  }

  private static void await(FutureTask<@Nullable Void> loading) throws Exception {
    try {
      loading.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  /// Checks that the launcher has set a heap that fits the limit: a JVM cannot change its own.
  private void checkMemory() {
    if (!memoryLimit.isEmpty()) {
      long limit = Sizes.parse(memoryLimit, "--memory.limit", spec.commandLine());
      if (Runtime.getRuntime().maxMemory() >= limit) {
        throw new CommandLine.ParameterException(
            spec.commandLine(),
            "cannot keep within --memory.limit="
                + memoryLimit
                + ": the heap may take "
                + Runtime.getRuntime().maxMemory()
                + " bytes; start with ./lamella, or with -Xmx well below the limit");
      }
    }
  }

  /// Manifests take a few times their size once they are decoded.
  private PrefetchLimits prefetch(FetchOptions fetchOptions, long metadataBytes) {
    long labels =
        prefetch.isEmpty()
            ? Math.min(DEFAULT_PREFETCH_BYTES, fetchOptions.memoryBytes() / 4)
            : Sizes.parse(prefetch, "--prefetch.labels-size", spec.commandLine());
    return labels == 0 ? PrefetchLimits.NOTHING : new PrefetchLimits(labels, metadataBytes / 8);
  }

  private GatewayOptions options() {
    CommandLine line = spec.commandLine();
    Set<Feature> enabled = EnumSet.noneOf(Feature.class);
    for (String name : features) {
      Feature found = null;
      for (Feature f : Feature.values()) {
        if (f.flag().equals(name)) {
          found = f;
        }
      }
      if (found == null) {
        throw new CommandLine.ParameterException(
            line, "unknown feature \"" + name + "\" in --enable-feature");
      }
      enabled.add(found);
    }
    EngineOptions base = EngineOptions.defaults();
    Duration maxDuration = DurationFlag.parse(timeout, "--query.timeout", line);
    EngineOptions engine =
        new EngineOptions(
            DurationFlag.parse(lookback, "--query.lookback-delta", line),
            maxDuration,
            maxSamples,
            base.subqueryStep(),
            enabled);
    GatewayOptions d = GatewayOptions.defaults();
    FetchOptions fetchOptions = fetch.options(line);
    Duration refreshPause = DurationFlag.parse(refresh, "--catalog.refresh", line);
    return d.withEngine(engine)
        .withLimits(new FetchLimits(maxSeries, maxBytes, d.limits().maxReads()))
        .withCoalescing(
            new Coalescing(maxGap, d.coalescing().maxReadBytes(), d.coalescing().extentBytes()))
        .withCatalogRefresh(refreshPause)
        .withCatalogMaxAge(
            maxAge.isEmpty()
                ? refreshPause.multipliedBy(REFRESHES_UNTIL_TOO_OLD)
                : DurationFlag.parse(maxAge, "--catalog.max-age", line))
        .withFetch(fetchOptions)
        .withQueryMemoryBytes(
            queryMemory.isEmpty()
                ? d.queryMemoryBytes()
                : Sizes.parse(queryMemory, "--query.max-memory", line))
        .withResultsCacheBytes(
            results.isEmpty()
                ? d.resultsCacheBytes()
                : Sizes.parse(results, "--cache.results-size", line))
        .withPrefetch(prefetch(fetchOptions, d.metadataBytes()))
        .withQueue(queue.limits(line))
        .withSlice(slice.slice(line));
  }
}
