package io.lamella.gateway.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/// The gateway's metrics in one registry of their own.
public final class GatewayMetrics {
  private static final List<String> OPERATIONS =
      List.of("list", "head", "get", "get_range", "get_tail");
  private static final List<String> OUTCOMES = List.of("ok", "not_found", "cancelled", "error");

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Counter storeRequests;
  private final Counter storeBytes;
  private final Counter storeCost;
  private final Histogram requestDuration;
  private final Counter httpRequests;
  private final Histogram grpcDuration;
  private final Counter grpcHandled;
  private final Counter refreshes;
  private final Counter queryLogLines;
  private final Counter queryFailures;
  private final Gauge refreshed;

  /// The metrics of the JVM, which keeps the registries of these metrics for ever: a gateway's own
  /// would keep all that its metrics read, its caches above all.
  private static final class OfJvm {
    static final PrometheusRegistry REGISTRY = new PrometheusRegistry();

    static {
      JvmMetrics.builder().register(REGISTRY);
    }
  }

  public GatewayMetrics() {
    registry.register((MultiCollector) OfJvm.REGISTRY::scrape);
    storeRequests =
        Counter.builder()
            .name("lamella_object_store_requests_total")
            .help("Requests sent to the object store.")
            .labelNames("operation", "outcome")
            .register(registry);
    storeBytes =
        Counter.builder()
            .name("lamella_object_store_read_bytes_total")
            .help("Bytes of objects returned by the object store.")
            .register(registry);
    storeCost =
        Counter.builder()
            .name("lamella_object_store_cost_dollars_total")
            .help(
                "Dollars that requests to the object store cost, by kind, at the prices that are set.")
            .labelNames("kind")
            .register(registry);
    for (RequestKind k : RequestKind.values()) {
      storeCost.initLabelValues(k.label());
    }
    requestDuration =
        Histogram.builder()
            .name("lamella_http_request_duration_seconds")
            .help("Time from an API request to the end of its response, in seconds.")
            .labelNames("handler")
            .classicUpperBounds(
                .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120)
            .register(registry);
    httpRequests =
        Counter.builder()
            .name("lamella_http_requests_total")
            .help("API requests by handler and HTTP status.")
            .labelNames("handler", "code")
            .register(registry);
    grpcDuration =
        Histogram.builder()
            .name("grpc_server_handling_seconds")
            .help("Time from a gRPC call to the end of its response, in seconds.")
            .labelNames("grpc_service", "grpc_method")
            .classicUpperBounds(
                .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120)
            .register(registry);
    grpcHandled =
        Counter.builder()
            .name("grpc_server_handled_total")
            .help("gRPC calls by method and status.")
            .labelNames("grpc_service", "grpc_method", "grpc_code")
            .register(registry);
    refreshes =
        Counter.builder()
            .name("lamella_catalog_refreshes_total")
            .help("Catalog refreshes; a failed one leaves the catalog unchanged.")
            .labelNames("outcome")
            .register(registry);
    for (CatalogRefresh r : CatalogRefresh.values()) {
      refreshes.initLabelValues(r.label());
    }
    refreshed =
        Gauge.builder()
            .name("lamella_catalog_last_refresh_timestamp_seconds")
            .help("Time of the last successful catalog refresh, in seconds since the epoch.")
            .register(registry);
    queryLogLines =
        Counter.builder()
            .name("lamella_query_log_lines_total")
            .help("Lines of the query log (all) and of the log of slow queries (slow).")
            .labelNames("log", "outcome")
            .register(registry);
    for (QueryLogMetrics.Log log : QueryLogMetrics.Log.values()) {
      for (QueryLogMetrics.Line line : QueryLogMetrics.Line.values()) {
        queryLogLines.initLabelValues(log.label(), line.label());
      }
    }
    queryFailures =
        Counter.builder()
            .name("lamella_query_failures_total")
            .help("Failed API requests by reason: refused, timed out, killed and others.")
            .labelNames("reason")
            .register(registry);
    for (QueryFailure f : QueryFailure.values()) {
      queryFailures.initLabelValues(f.label());
    }
    for (String operation : OPERATIONS) {
      OUTCOMES.forEach(outcome -> storeRequests.initLabelValues(operation, outcome));
    }
  }

  /// The metrics of the fetch pipeline; called once.
  public FetchMetrics fetch() {
    return new FetchMetrics(registry);
  }

  public void queryFailed(QueryFailure reason) {
    queryFailures.labelValues(reason.label()).inc();
  }

  /// Registers a gauge that is always 1 and says which build runs.
  public void buildInfo(String version, String revision) {
    Info.builder()
        .name("lamella_build_info")
        .help("Version and revision of the running program.")
        .labelNames("version", "revision")
        .register(registry)
        .setLabelValues(version, revision);
  }

  public QueryLogMetrics queryLog(QueryLogMetrics.Log log) {
    return new QueryLogMetrics(queryLogLines, log);
  }

  public PrometheusRegistry registry() {
    return registry;
  }

  /// Registers a gauge with a series for each value of a label; the values are read at each scrape.
  ///
  /// @param label empty where there is one series, without a label
  public void gauges(
      String name, String help, Optional<String> label, Supplier<Map<String, Double>> values) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(label.stream().toArray(String[]::new))
        .callback(c ->
            values
                .get()
                .forEach((of, v) -> c.call(v, label.stream().map(_ -> of).toArray(String[]::new))))
        .register(registry);
  }

  /// The same for a counter.
  ///
  /// @param name ends in `_total`
  public void counters(
      String name, String help, Optional<String> label, Supplier<Map<String, Double>> values) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(label.stream().toArray(String[]::new))
        .callback(c ->
            values
                .get()
                .forEach((of, v) -> c.call(v, label.stream().map(_ -> of).toArray(String[]::new))))
        .register(registry);
  }

  /// Counts requests that name no tenant that is served.
  ///
  /// @param reasons all that there are
  /// @return counts one of them
  public Consumer<String> refusedTenants(List<String> reasons) {
    Counter refused =
        Counter.builder()
            .name("lamella_tenant_refused_requests_total")
            .help("Requests that name no tenant that is served, by reason.")
            .labelNames("reason")
            .register(registry);
    reasons.forEach(refused::initLabelValues);
    return reason -> refused.labelValues(reason).inc();
  }

  /// Registers a gauge whose value is read at each scrape.
  public void gauge(String name, String help, DoubleSupplier value) {
    gauge(registry, name, help, value);
  }

  static void gauge(PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(c -> c.call(value.getAsDouble()))
        .register(registry);
  }

  /// Registers a counter whose value is read at each scrape.
  ///
  /// @param name ends in `_total`
  public void counter(String name, String help, DoubleSupplier value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(c -> c.call(value.getAsDouble()))
        .register(registry);
  }

  /// Counts a catalog refresh.
  public void catalogRefreshed(CatalogRefresh outcome) {
    refreshes.labelValues(outcome.label()).inc();
    if (outcome == CatalogRefresh.OK) {
      refreshed.set(System.currentTimeMillis() / 1000.0);
    }
  }

  /// @param handler the route's pattern
  public void request(String handler, int code, double seconds) {
    requestDuration.labelValues(handler).observe(seconds);
    httpRequests.labelValues(handler, Integer.toString(code)).inc();
  }

  /// @param method with its service, as `thanos.Store/Series`
  /// @param code name of the status
  public void grpcCall(String method, String code, double seconds) {
    int slash = method.lastIndexOf('/');
    String service = method.substring(0, Math.max(0, slash));
    String name = method.substring(slash + 1);
    grpcDuration.labelValues(service, name).observe(seconds);
    grpcHandled.labelValues(service, name, code).inc();
  }

  void storeRequest(String operation, String outcome, long bytes) {
    storeRequests.labelValues(operation, outcome).inc();
    storeBytes.inc(bytes);
  }

  void storeCost(RequestKind kind, double dollars) {
    storeCost.labelValues(kind.label()).inc(dollars);
  }
}
