package io.lamella.gateway.catalog;

import io.lamella.gateway.fetch.ReadScheduler;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockMetaJson;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Ulid;
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

/// Keeps the snapshot. A refresh lists the blocks, reads the metas that are new (a published meta
/// never changes; one that was deleted and made anew has another tag) and swaps the snapshot; where
/// it fails, the old one stays. A block whose meta cannot be read is named in the log, makes
/// queries of its day fail, and is tried again at each refresh. A block that is marked for deletion
/// is as good as gone.
///
/// The listing is of all objects, one request for a thousand of them: it tells metas and deletion
/// marks without a request a block. Metas are read while it goes on.
///
/// While no meta is known, `catalog.json` is read beside the listing. It is a source of metas and
/// of nothing else: the listing tells which blocks there are, and a meta counts where the listing
/// shows the version that it was gathered from. However old or wrong it is, it costs reads and
/// changes no snapshot.
public final class BlockCatalog {
  private static final Logger LOG = LoggerFactory.getLogger(BlockCatalog.class);
  private static final int PARALLEL_READS = 64;

  private final ObjectStore store;
  private final ReadScheduler gate;
  private volatile State state = new State(Map.of(), CatalogSnapshot.EMPTY);

  /// All metas that were read, replaced blocks included, and what queries see of them.
  private record State(Map<Ulid, Known> metas, CatalogSnapshot snapshot) {}

  /// A meta and the version that it was read from.
  private record Known(BlockMeta meta, ObjectVersion version) {}

  /// A catalog with a gate of its own.
  public BlockCatalog(ObjectStore store) {
    this(store, new ReadScheduler(new ReadScheduler.Limits(PARALLEL_READS, 0)));
  }

  /// @param gate where the reads of metas pass, in one line of their own
  public BlockCatalog(ObjectStore store, ReadScheduler gate) {
    this.store = store;
    this.gate = gate;
  }

  public CatalogSnapshot snapshot() {
    return state.snapshot();
  }

  /// Lists and reads; called by one thread at a time.
  ///
  /// @throws IOException where the bucket cannot be listed or the store fails; the snapshot stays
  ///   as it was, and metas that were read are not read again
  public synchronized void refresh() throws IOException, InterruptedException {
    long begun = System.nanoTime();
    Map<Ulid, Known> known = state.metas();
    Map<Ulid, Future<Read>> reads = new HashMap<>();
    Set<Ulid> listed = Set.of();
    Optional<Throwable> failure = Optional.empty();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      // Past the gate: nothing else is read before it is there.
      Future<Map<ObjectVersion, BlockMeta>> gathered =
          known.isEmpty()
              ? threads.submit(() -> CatalogFile.read(store))
              : CompletableFuture.completedFuture(Map.of());
      try {
        listed =
            list((block, version) -> {
              Known k = known.get(block);
              if (k == null || !k.version().equals(version)) {
                reads.computeIfAbsent(block, u -> threads.submit(() -> find(u, version, gathered)));
              }
            });
        for (Future<Read> f : reads.values()) {
          f.get();
        }
      } catch (ExecutionException e) {
        failure = Optional.of(e.getCause() == null ? e : e.getCause());
      } catch (IOException e) {
        failure = Optional.of(e);
      } finally {
        // After a failure the others would only find the same, one after another.
        threads.shutdownNow();
      }
    }
    if (failure.isPresent()) {
      keep(reads);
      if (failure.get() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException(failure.get());
    }
    Map<Ulid, Known> metas = new HashMap<>();
    List<CatalogSnapshot.Broken> broken = new ArrayList<>();
    for (Ulid u : listed) {
      Known k = known.get(u);
      Future<Read> read = reads.get(u);
      if (read == null && k != null) {
        metas.put(u, k);
      } else if (read != null) {
        switch (read.resultNow()) {
          case Read.Meta r -> metas.put(u, r.known());
          case Read.Unreadable r -> broken.add(r.broken());
          case Read.Absent _ -> {}
        }
      }
    }
    swap(metas, broken, reads.size(), begun);
  }

  private void swap(
      Map<Ulid, Known> metas, List<CatalogSnapshot.Broken> broken, int found, long begun) {
    Set<Ulid> replaced = new HashSet<>();
    metas.values().forEach(k -> replaced.addAll(k.meta().replaces()));
    List<BlockMeta> visible =
        metas.values().stream()
            .map(Known::meta)
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
          (System.nanoTime() - begun) / 1_000_000);
    }
    state = new State(Map.copyOf(metas), new CatalogSnapshot(visible, broken));
  }

  /// Remembers what was read before the store failed.
  private void keep(Map<Ulid, Future<Read>> reads) {
    Map<Ulid, Known> metas = new HashMap<>(state.metas());
    for (Future<Read> f : reads.values()) {
      if (f.state() == Future.State.SUCCESS && f.resultNow() instanceof Read.Meta(Known k)) {
        metas.put(k.meta().ulid(), k);
      }
    }
    state = new State(Map.copyOf(metas), state.snapshot());
  }

  /// How looking for a block's meta ended; an absent one was deleted since it was listed.
  private sealed interface Read {
    record Meta(Known known) implements Read {}

    record Unreadable(CatalogSnapshot.Broken broken) implements Read {}

    record Absent() implements Read {}
  }

  /// Is told of each meta as it is listed.
  private interface Listed {
    void meta(Ulid block, ObjectVersion version);
  }

  /// Blocks that have a meta and no deletion mark.
  private Set<Ulid> list(Listed listed) throws IOException {
    Set<Ulid> metas = new HashSet<>();
    Set<Ulid> marked = new HashSet<>();
    try (Stream<ObjectEntry> entries = store.list(BlockNames.BLOCKS)) {
      entries.forEach(e -> entry(e, metas, marked, listed));
    } catch (UncheckedObjectStoreException e) {
      throw e.reason();
    }
    metas.removeAll(marked);
    return metas;
  }

  private static void entry(ObjectEntry e, Set<Ulid> metas, Set<Ulid> marked, Listed listed) {
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
      // A mark stands before the meta in a listing, so a marked block's meta is not even read.
      if (!marked.contains(block)) {
        listed.meta(block, e.version());
      }
    } else if (file.equals(BlockNames.DELETION_MARK)) {
      marked.add(Ulid.parse(name.substring(from, slash)));
    }
  }

  private Read find(
      Ulid block, ObjectVersion version, Future<Map<ObjectVersion, BlockMeta>> gathered)
      throws IOException, InterruptedException, ExecutionException {
    BlockMeta meta = gathered.get().get(version);
    return meta == null ? readOne(block, version) : new Read.Meta(new Known(meta, version));
  }

  private Read readOne(Ulid block, ObjectVersion version) throws IOException, InterruptedException {
    ObjectKey key = BlockNames.meta(block);
    ByteBuffer bytes;
    gate.enter(this, version.size());
    try {
      bytes = store.readAll(key, BlockMetaJson.MAX_BYTES);
    } catch (ObjectStoreException.NotFound e) {
      return new Read.Absent();
    } catch (ObjectStoreException.TooLarge e) {
      return new Read.Unreadable(new CatalogSnapshot.Broken(block, String.valueOf(e.getMessage())));
    } finally {
      gate.leave(this);
    }
    byte[] json = new byte[bytes.remaining()];
    bytes.get(json);
    try {
      BlockMeta meta = BlockMetaJson.read(json, key.name());
      if (!meta.ulid().equals(block)) {
        throw new IOException(
            "cannot read block meta: it names block " + meta.ulid() + " [object=" + key + "]");
      }
      return new Read.Meta(new Known(meta, version));
    } catch (IOException e) {
      LOG.error("block cannot be read block={} reason=\"{}\"", block, e.getMessage());
      return new Read.Unreadable(new CatalogSnapshot.Broken(block, String.valueOf(e.getMessage())));
    }
  }
}
