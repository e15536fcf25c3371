package io.lamella.gateway;

import io.lamella.gateway.limits.MemoryPool;
import io.lamella.gateway.metrics.GatewayMetrics;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/// The metrics of catalogs and of permits, by tenant where there are tenants, and those that sum
/// all tenants up.
final class TenantMetrics {
  private final GatewayMetrics metrics;
  private final Optional<String> label;
  private final ServedTenants tenants;

  private TenantMetrics(GatewayMetrics metrics, Optional<String> label, ServedTenants tenants) {
    this.metrics = metrics;
    this.label = label;
    this.tenants = tenants;
  }

  /// @param label of the tenant's name; empty where there are no tenants
  static void register(GatewayMetrics metrics, Optional<String> label, ServedTenants tenants) {
    TenantMetrics all = new TenantMetrics(metrics, label, tenants);
    all.queries();
    all.catalogs();
    all.memory();
    metrics.counter(
        "lamella_prefetched_bytes_total",
        "Bytes of label pages that were prefetched.",
        tenants.prefetched()::get);
    metrics.gauge(
        "lamella_decoders",
        "Threads that decode or evaluate series beside those of the queries.",
        tenants.workers()::running);
  }

  private void gauge(String name, String help, ToDoubleFunction<ServedTenant> value) {
    metrics.gauges(name, help, label, () -> tenants.values(value::applyAsDouble));
  }

  private void queries() {
    gauge("lamella_queries_running", "Queries that hold a permit.", t -> t.queue().running());
    gauge("lamella_queries_waiting", "Queries that wait for a permit.", t -> t.queue().waiting());
    metrics.counters(
        "lamella_queries_refused_total",
        "Queries that were refused because the queue was full or too slow.",
        label,
        () -> tenants.values(t -> (double) t.queue().refused()));
  }

  private void catalogs() {
    gauge(
        "lamella_catalog_blocks",
        "Published blocks that are visible to queries.",
        t -> t.catalog().snapshot().blocks().size());
    gauge(
        "lamella_catalog_newest_sample_timestamp_seconds",
        "End of the newest published block, in seconds since the epoch; 0 where there is none.",
        ServedTenant::newestSampleSeconds);
    gauge(
        "lamella_catalog_unreadable_blocks",
        "Published blocks whose meta cannot be read; queries of their days fail.",
        t -> t.catalog().snapshot().broken().size());
    if (label.isPresent()) {
      gauge(
          "lamella_tenant_last_refresh_timestamp_seconds",
          "Time of the last successful refresh of the tenant's catalog, in seconds since the epoch.",
          ServedTenant::refreshedSeconds);
    }
  }

  private long sum(ToLongFunction<MemoryPool> of) {
    return tenants.memory().stream().mapToLong(of).sum();
  }

  private void memory() {
    metrics.gauge(
        "lamella_query_memory_bytes",
        "Bytes of memory that queries hold: for fetched data, evaluation, and results being sent.",
        () -> sum(MemoryPool::held));
    metrics.gauge(
        "lamella_query_memory_waiting",
        "Threads of queries that wait for memory.",
        () -> sum(m -> m.contention().waiting()));
    metrics.counter(
        "lamella_query_memory_waits_total",
        "Times that a query had to wait for memory.",
        () -> sum(m -> m.contention().waits()));
    metrics.counter(
        "lamella_query_memory_refusals_total",
        "Times that a query was refused memory and failed.",
        () -> sum(m -> m.contention().refusals()));
  }
}
