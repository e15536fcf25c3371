package io.lamella.gateway;

import io.lamella.gateway.ServedTenant.Parts;
import io.lamella.gateway.ServedTenant.Shared;
import io.lamella.gateway.catalog.BlockCatalog;
import io.lamella.gateway.limits.MemoryPool;
import io.lamella.gateway.select.PrefetchLimits;
import io.lamella.gateway.tenant.TenantSettings;
import io.lamella.gateway.tenant.TenantsConfig;
import io.lamella.promql.exec.Workers;
import io.lamella.storage.concurrent.ParallelTasks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/// The tenants that are served now, and the memory of their queries. Changed by one thread at a
/// time, read by any.
final class ServedTenants {
  /// Catalogs that are refreshed at once: each may keep a long listing in memory meanwhile.
  private static final int REFRESHED_AT_ONCE = 4;

  private final Shared shared;
  private final AtomicLong prefetched = new AtomicLong();

  /// Of the tenants that have none of their own.
  private final MemoryPool sharedMemory;

  private final List<MemoryPool> pools = new ArrayList<>();
  private volatile SortedMap<String, ServedTenant> tenants = new TreeMap<>();

  /// @param config the first tenants
  /// @throws IllegalArgumentException where tenants are to have more memory than there is
  ServedTenants(TenantsConfig config, Shared shared) {
    this.shared = shared;
    long own =
        config.tenants().values().stream()
            .mapToLong(s -> s.limits().memory().orElse(0L))
            .reduce(0, (x, y) -> x > Long.MAX_VALUE - y ? Long.MAX_VALUE : x + y);
    long all = shared.options().queryMemoryBytes();
    if (own > all - 2 && own > 0) {
      throw new IllegalArgumentException(
          "cannot give tenants "
              + own
              + " bytes of memory by max_memory: all queries have "
              + all
              + "; set --query.max-memory");
    }
    sharedMemory = pool(all - own);
    SortedMap<String, ServedTenant> first = new TreeMap<>();
    config
        .tenants()
        .forEach(
            (name, settings) -> first.put(name, open(name, settings, config.tenants().size())));
    tenants = first;
  }

  private MemoryPool pool(long bytes) {
    MemoryPool out = new MemoryPool(bytes);
    pools.add(out);
    return out;
  }

  private ServedTenant open(String name, TenantSettings settings, int count) {
    PrefetchLimits all = shared.options().prefetch();
    return new ServedTenant(
        name,
        settings,
        new Parts(
            settings.limits().memory().map(this::pool).orElse(sharedMemory),
            new PrefetchLimits(
                all.labelBytes() / count, all.manifestBytes() / count, all.beforeReady()),
            prefetched::addAndGet),
        shared);
  }

  /// A value of each tenant, by name.
  <T> Map<String, T> values(Function<ServedTenant, T> value) {
    Map<String, T> out = new HashMap<>();
    tenants.forEach((name, t) -> out.put(name, value.apply(t)));
    return out;
  }

  Collection<ServedTenant> all() {
    return tenants.values();
  }

  /// The only one, where there are no tenants.
  ServedTenant only() {
    return Optional.ofNullable(tenants.get(""))
        .orElseThrow(() -> new IllegalStateException("there are several tenants: name one"));
  }

  /// The memory of the queries of all tenants.
  List<MemoryPool> memory() {
    return pools;
  }

  /// Threads that decode or evaluate series beside those of the queries.
  Workers workers() {
    return shared.workers();
  }

  /// Bytes of label pages that were prefetched.
  AtomicLong prefetched() {
    return prefetched;
  }

  /// Work on one tenant.
  @FunctionalInterface
  interface Work {
    void run(ServedTenant tenant) throws IOException, InterruptedException;
  }

  /// Does something for some tenants, a few at once.
  ///
  /// @throws IOException where it failed for one of them; the others may be left out then
  static void each(Collection<ServedTenant> some, Work work)
      throws IOException, InterruptedException {
    List<Callable<ServedTenant>> tasks = new ArrayList<>();
    for (ServedTenant t : some) {
      tasks.add(() -> {
        work.run(t);
        return t;
      });
    }
    ParallelTasks.run(tasks, REFRESHED_AT_ONCE);
  }

  /// Serves these tenants from now on, once the catalogs of new ones are read. Queries that run end
  /// as they began.
  ///
  /// @throws IOException where the blocks of a new tenant cannot be listed; nothing has changed
  ///   then
  /// @throws IllegalArgumentException where memory of tenants would change
  synchronized void change(TenantsConfig config) throws IOException, InterruptedException {
    SortedMap<String, ServedTenant> next = new TreeMap<>();
    List<ServedTenant> added = new ArrayList<>();
    for (Map.Entry<String, TenantSettings> e : config.tenants().entrySet()) {
      TenantSettings settings = e.getValue();
      ServedTenant before = tenants.get(e.getKey());
      Optional<Long> memoryBefore =
          Optional.ofNullable(before).flatMap(t -> t.settings().limits().memory());
      if (!settings.limits().memory().equals(memoryBefore)) {
        throw new IllegalArgumentException(
            "max_memory of tenant \"" + e.getKey() + "\" is changed only by a restart");
      }
      if (before == null || !before.settings().prefix().equals(settings.prefix())) {
        ServedTenant opened =
            before == null
                ? open(e.getKey(), settings, config.tenants().size())
                : before.elsewhere(settings, shared);
        added.add(opened);
        next.put(e.getKey(), opened);
      } else {
        next.put(
            e.getKey(),
            before.settings().equals(settings)
                ? before
                : before.withLimits(settings.limits(), shared));
      }
    }
    try {
      each(added, ServedTenant::refresh);
    } catch (IOException | InterruptedException | RuntimeException e) {
      added.forEach(t -> t.catalog().close());
      throw e;
    }
    Collection<ServedTenant> before = tenants.values();
    tenants = next;
    Set<BlockCatalog> kept = Collections.newSetFromMap(new IdentityHashMap<>());
    next.values().forEach(t -> kept.add(t.catalog()));
    before.stream()
        .map(ServedTenant::catalog)
        .filter(c -> !kept.contains(c))
        .forEach(BlockCatalog::close);
  }
}
