package io.lamella.gateway;

import io.lamella.gateway.catalog.BlockCatalog;
import io.lamella.gateway.catalog.EarlyRefresh;
import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.MemoryPool;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.query.CachedLabels;
import io.lamella.gateway.query.QueryQueue;
import io.lamella.gateway.query.QueryService;
import io.lamella.gateway.results.LabelResultsCache;
import io.lamella.gateway.results.ResultsCache;
import io.lamella.gateway.select.BlockSource;
import io.lamella.gateway.select.LabelPrefetch;
import io.lamella.gateway.select.PrefetchLimits;
import io.lamella.gateway.tenant.TenantLimits;
import io.lamella.gateway.tenant.TenantSettings;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.exec.Workers;
import io.lamella.promql.source.SeriesSource;
import io.lamella.storage.block.BlockMeta;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/// One tenant: its catalog, and queries of its blocks within its limits. Where there are no
/// tenants, there is one of these, without a name. Thread-safe.
final class ServedTenant {
  private final String name;
  private final TenantSettings settings;
  private final BlockCatalog catalog;
  private final BlockSource source;
  private final LabelPrefetch prefetch;
  private final Parts parts;
  private final QueryQueue queue;
  private final QueryService queries;

  /// Of the last good refresh; 0 before there was one.
  private final AtomicLong refreshedMillis;

  /// What all tenants share.
  ///
  /// @param workers threads that decode or evaluate series beside those of the queries
  /// @param refresh refreshes the catalog of a tenant and reports failures itself
  record Shared(
      ReadPath reads,
      GatewayOptions options,
      ResultsCache results,
      LabelResultsCache labels,
      Workers workers,
      Consumer<ServedTenant> refresh) {}

  /// What belongs to a tenant beside its settings.
  ///
  /// @param memory of its queries; other tenants may share it
  /// @param onPrefetched receives the bytes of label pages that were read
  record Parts(MemoryPool memory, PrefetchLimits prefetch, LongConsumer onPrefetched) {}

  ServedTenant(String name, TenantSettings settings, Parts parts, Shared shared) {
    this.name = name;
    this.settings = settings;
    refreshedMillis = new AtomicLong();
    ReadPath reads = shared.reads();
    catalog = reads.openCatalog(settings.prefix());
    source =
        new BlockSource(
            catalog,
            reads.blocks(),
            new EarlyRefresh(() -> shared.refresh().accept(this)),
            shared.workers().permits());
    prefetch =
        new LabelPrefetch(reads.metadata(), reads.ranges(), parts.prefetch(), parts.onPrefetched());
    this.parts = parts;
    queue = new QueryQueue(settings.limits().queue());
    queries = queries(shared);
  }

  /// The same blocks with other limits. Queries that run keep theirs.
  private ServedTenant(ServedTenant before, TenantSettings settings, Shared shared) {
    this.name = before.name;
    this.settings = settings;
    this.parts = before.parts;
    catalog = before.catalog;
    source = before.source;
    prefetch = before.prefetch;
    refreshedMillis = before.refreshedMillis;
    queue = new QueryQueue(settings.limits().queue());
    queries = queries(shared);
  }

  ServedTenant withLimits(TenantLimits limits, Shared shared) {
    return new ServedTenant(this, new TenantSettings(settings.prefix(), limits), shared);
  }

  /// The same tenant with other blocks; they are yet to be listed.
  ServedTenant elsewhere(TenantSettings other, Shared shared) {
    return new ServedTenant(name, other, parts, shared);
  }

  private QueryService queries(Shared shared) {
    EngineOptions e = shared.options().engine();
    TenantLimits limits = settings.limits();
    return new QueryService(
        new PromqlEngine(
            new EngineOptions(
                e.lookback(),
                limits.timeout(),
                limits.maxSamples(),
                e.subqueryStep(),
                e.features()),
            shared.workers()),
        new CachedLabels(source, shared.labels().ofTenant(name)),
        limits.fetch(),
        parts.memory(),
        shared.results().ofTenant(name),
        limits.timeout(),
        queue);
  }

  /// Empty where there are no tenants.
  String name() {
    return name;
  }

  TenantSettings settings() {
    return settings;
  }

  BlockCatalog catalog() {
    return catalog;
  }

  QueryService queries() {
    return queries;
  }

  QueryQueue queue() {
    return queue;
  }

  /// The series of all blocks, read with the default limits and outside the shared query memory.
  SeriesSource series() {
    return source.series(new QueryBudget(FetchLimits.DEFAULT));
  }

  /// @throws IOException where the blocks cannot be listed
  void refresh() throws IOException, InterruptedException {
    catalog.refresh();
    refreshedMillis.set(System.currentTimeMillis());
  }

  /// Time of the last good refresh, in seconds since the epoch; 0 where there was none.
  double refreshedSeconds() {
    return refreshedMillis.get() / 1000.0;
  }

  /// End of the newest block, in seconds since the epoch; 0 where there is none.
  double newestSampleSeconds() {
    return catalog.snapshot().blocks().stream().mapToLong(BlockMeta::maxTimeMillis).max().orElse(0)
        / 1000.0;
  }

  void prefetch() throws IOException, InterruptedException {
    prefetch.run(catalog.snapshot());
  }

  /// Prefetches several blocks at a time.
  void prefetch(int blocksAtATime, BooleanSupplier isOver)
      throws IOException, InterruptedException {
    prefetch.run(catalog.snapshot(), blocksAtATime, isOver);
  }
}
