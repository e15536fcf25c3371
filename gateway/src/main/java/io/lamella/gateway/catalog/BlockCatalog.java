package io.lamella.gateway.catalog;

import io.lamella.gateway.fetch.ReadScheduler;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockMetaJson;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.concurrent.TaskFailure;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.UncheckedObjectStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Holds the current snapshot of the catalog. A refresh lists the blocks, reads the metas that are
/// new and swaps the snapshot; where it fails, the old snapshot stays. A published meta never
/// changes; one that was deleted and published again has another ETag. A block whose meta cannot be
/// read is logged, makes queries of its day fail, and is tried again at each refresh. A block
/// marked for deletion is not visible.
///
/// The listing is of all objects, a thousand per request: it shows metas and deletion marks without
/// a request per block. Metas are read while the listing goes on.
///
/// The first refresh reads `catalog.json` beside the listing. It only saves reads of metas: the
/// listing decides which blocks there are, and a meta is taken from the file only where the listing
/// shows the same version. A stale or damaged file costs reads and never changes a snapshot.
public final class BlockCatalog {
  private static final Logger LOG = LoggerFactory.getLogger(BlockCatalog.class);
  private static final int PARALLEL_READS = 64;

  private final ObjectStore store;
  private final ReadScheduler scheduler;
  private volatile State state = new State(Map.of(), CatalogSnapshot.EMPTY);

  /// All metas that were read, replaced blocks included, and the snapshot made of them.
  private record State(Map<Ulid, VersionedMeta> metas, CatalogSnapshot snapshot) {}

  /// A meta and the version that it was read from.
  private record VersionedMeta(BlockMeta meta, ObjectVersion version) {}

  /// A catalog with a read scheduler of its own.
  public BlockCatalog(ObjectStore store) {
    this(store, new ReadScheduler(new ReadScheduler.ReadLimits(PARALLEL_READS, 0)));
  }

  /// @param scheduler whose permits the reads of metas take, in one queue of their own
  public BlockCatalog(ObjectStore store, ReadScheduler scheduler) {
    this.store = store;
    this.scheduler = scheduler;
  }

  public CatalogSnapshot snapshot() {
    return state.snapshot();
  }

  /// Lists and reads; called by one thread at a time.
  ///
  /// @throws IOException where the bucket cannot be listed or the store fails; the snapshot stays
  ///   as it was, and metas that were read are not read again
  public synchronized void refresh() throws IOException, InterruptedException {
    long started = System.nanoTime();
    Map<Ulid, VersionedMeta> earlier = state.metas();
    Map<Ulid, Future<MetaRead>> reads = new HashMap<>();
    Set<Ulid> listed = Set.of();
    Optional<Throwable> failure = Optional.empty();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      // Without a permit: no other read starts before it is there.
      Future<Map<ObjectVersion, BlockMeta>> catalogFile =
          earlier.isEmpty()
              ? threads.submit(() -> CatalogFile.read(store))
              : CompletableFuture.completedFuture(Map.of());
      try {
        listed =
            list((block, version) -> {
              VersionedMeta k = earlier.get(block);
              if (k == null || !k.version().equals(version)) {
                reads.computeIfAbsent(
                    block, u -> threads.submit(() -> find(u, version, catalogFile)));
              }
            });
        for (Future<MetaRead> f : reads.values()) {
          f.get();
        }
      } catch (ExecutionException e) {
        failure = Optional.of(e.getCause() == null ? e : e.getCause());
      } catch (IOException e) {
        failure = Optional.of(e);
      } finally {
        // After a failure the other reads would most likely fail too.
        threads.shutdownNow();
      }
    }
    if (failure.isPresent()) {
      keepRead(reads);
      throw TaskFailure.of(failure.get());
    }
    Map<Ulid, VersionedMeta> metas = new HashMap<>();
    List<CatalogSnapshot.Broken> broken = new ArrayList<>();
    for (Ulid u : listed) {
      VersionedMeta k = earlier.get(u);
      Future<MetaRead> read = reads.get(u);
      if (read == null && k != null) {
        metas.put(u, k);
      } else if (read != null) {
        switch (read.resultNow()) {
          case MetaRead.Meta r -> metas.put(u, r.meta());
          case MetaRead.Unreadable r -> broken.add(r.broken());
          case MetaRead.Absent _ -> {}
        }
      }
    }
    swap(metas, broken, reads.size(), started);
  }

  private void swap(
      Map<Ulid, VersionedMeta> metas,
      List<CatalogSnapshot.Broken> broken,
      int found,
      long started) {
    Set<Ulid> replaced = new HashSet<>();
    metas.values().forEach(k -> replaced.addAll(k.meta().replaces()));
    List<BlockMeta> visible =
        metas.values().stream()
            .map(VersionedMeta::meta)
            .filter(m -> !replaced.contains(m.ulid()))
            .sorted(
                Comparator.comparingLong(BlockMeta::minTimeMillis).thenComparing(BlockMeta::ulid))
            .toList();
    if (!visible.equals(state.snapshot().blocks())) {
      LOG.info(
          "catalog changed blocks={} before={} metas={} millis={}",
          visible.size(),
          state.snapshot().blocks().size(),
          found,
          (System.nanoTime() - started) / 1_000_000);
    }
    state = new State(Map.copyOf(metas), new CatalogSnapshot(visible, broken));
  }

  /// Keeps the metas that were read before the store failed; the snapshot stays.
  private void keepRead(Map<Ulid, Future<MetaRead>> reads) {
    Map<Ulid, VersionedMeta> metas = new HashMap<>(state.metas());
    for (Future<MetaRead> f : reads.values()) {
      if (f.state() == Future.State.SUCCESS
          && f.resultNow() instanceof MetaRead.Meta(VersionedMeta k)) {
        metas.put(k.meta().ulid(), k);
      }
    }
    state = new State(Map.copyOf(metas), state.snapshot());
  }

  /// The outcome of reading a meta; an absent one was deleted since it was listed.
  private sealed interface MetaRead {
    record Meta(VersionedMeta meta) implements MetaRead {}

    record Unreadable(CatalogSnapshot.Broken broken) implements MetaRead {}

    record Absent() implements MetaRead {}
  }

  /// Receives each meta as it is listed.
  private interface MetaListener {
    void meta(Ulid block, ObjectVersion version);
  }

  /// Blocks that have a meta and no deletion mark.
  private Set<Ulid> list(MetaListener listener) throws IOException {
    Set<Ulid> metas = new HashSet<>();
    Set<Ulid> marked = new HashSet<>();
    try (Stream<ObjectEntry> entries = store.list(BlockNames.BLOCKS)) {
      entries.forEach(e -> entry(e, metas, marked, listener));
    } catch (UncheckedObjectStoreException e) {
      throw e.reason();
    }
    metas.removeAll(marked);
    return metas;
  }

  private static void entry(
      ObjectEntry e, Set<Ulid> metas, Set<Ulid> marked, MetaListener listener) {
    String name = e.key().name();
    int from = BlockNames.BLOCKS.length();
    int slash = name.indexOf('/', from);
    if (slash < 0 || !Ulid.isUlid(name.substring(from, slash))) {
      return;
    }
    String file = name.substring(slash + 1);
    if (file.equals(BlockNames.META)) {
      Ulid block = Ulid.parse(name.substring(from, slash));
      metas.add(block);
      // The mark is listed before the meta, so the meta of a marked block is not read at all.
      if (!marked.contains(block)) {
        listener.meta(block, e.version());
      }
    } else if (file.equals(BlockNames.DELETION_MARK)) {
      marked.add(Ulid.parse(name.substring(from, slash)));
    }
  }

  private MetaRead find(
      Ulid block, ObjectVersion version, Future<Map<ObjectVersion, BlockMeta>> catalogFile)
      throws IOException, InterruptedException, ExecutionException {
    BlockMeta meta = catalogFile.get().get(version);
    return meta == null
        ? readOne(block, version)
        : new MetaRead.Meta(new VersionedMeta(meta, version));
  }

  private MetaRead readOne(Ulid block, ObjectVersion version)
      throws IOException, InterruptedException {
    ObjectKey key = BlockNames.meta(block);
    ByteBuffer bytes;
    scheduler.acquire(this, version.size());
    try {
      bytes = store.readAll(key, BlockMetaJson.MAX_BYTES);
    } catch (ObjectStoreException.NotFound e) {
      return new MetaRead.Absent();
    } catch (ObjectStoreException.TooLarge e) {
      return new MetaRead.Unreadable(
          new CatalogSnapshot.Broken(block, String.valueOf(e.getMessage())));
    } finally {
      scheduler.release(this);
    }
    byte[] json = new byte[bytes.remaining()];
    bytes.get(json);
    try {
      BlockMeta meta = BlockMetaJson.read(json, key.name());
      if (!meta.ulid().equals(block)) {
        throw new IOException(
            "cannot read block meta: it names block " + meta.ulid() + " [object=" + key + "]");
      }
      return new MetaRead.Meta(new VersionedMeta(meta, version));
    } catch (IOException e) {
      LOG.error("block cannot be read block={} reason=\"{}\"", block, e.getMessage());
      return new MetaRead.Unreadable(
          new CatalogSnapshot.Broken(block, String.valueOf(e.getMessage())));
    }
  }
}
