package io.lamella.gateway.catalog;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockMetaJson;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.UncheckedObjectStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the snapshot. A refresh lists the blocks, reads the metas that are new (a published meta
/// never changes) and swaps the snapshot; where it fails, the old one stays. A block whose meta
/// cannot be read is named in the log, makes queries of its day fail, and is tried again at each
/// refresh.
public final class BlockCatalog {
  private static final Logger LOG = LoggerFactory.getLogger(BlockCatalog.class);
  private static final int PARALLEL_READS = 64;

  private final ObjectStore store;
  private volatile State state = new State(Map.of(), CatalogSnapshot.EMPTY);

  /// All metas that were read, replaced blocks included, and what queries see of them.
  private record State(Map<Ulid, BlockMeta> metas, CatalogSnapshot snapshot) {}

  public BlockCatalog(ObjectStore store) {
    this.store = store;
  }

  public CatalogSnapshot snapshot() {
    return state.snapshot();
  }

  /// Lists and reads; called by one thread at a time.
  ///
  /// @throws IOException where the bucket cannot be listed; the snapshot stays as it was
  public synchronized void refresh() throws IOException, InterruptedException {
    Set<Ulid> listed = list();
    Map<Ulid, BlockMeta> known = state.metas();
    Map<Ulid, BlockMeta> metas = new HashMap<>();
    List<Ulid> fresh = new ArrayList<>();
    for (Ulid u : listed) {
      BlockMeta m = known.get(u);
      if (m == null) {
        fresh.add(u);
      } else {
        metas.put(u, m);
      }
    }
    List<CatalogSnapshot.Broken> broken = new ArrayList<>();
    for (Read r : read(fresh)) {
      switch (r) {
        case Read.Meta m -> metas.put(m.meta().ulid(), m.meta());
        case Read.Unreadable u -> broken.add(u.broken());
        case Read.Absent _ -> {}
      }
    }
    Set<Ulid> replaced = new HashSet<>();
    metas.values().forEach(m -> replaced.addAll(m.replaces()));
    List<BlockMeta> visible =
        metas.values().stream()
            .filter(m -> !replaced.contains(m.ulid()))
            .sorted(
                Comparator.comparingLong(BlockMeta::minTimeMillis).thenComparing(BlockMeta::ulid))
            .toList();
    if (!visible.equals(state.snapshot().blocks())) {
      LOG.info(
          "catalog changed blocks={} before={}", visible.size(), state.snapshot().blocks().size());
    }
    state = new State(Map.copyOf(metas), new CatalogSnapshot(visible, broken));
  }

  /// How reading a block's meta ended; an absent one is an upload under way.
  private sealed interface Read {
    record Meta(BlockMeta meta) implements Read {}

    record Unreadable(CatalogSnapshot.Broken broken) implements Read {}

    record Absent() implements Read {}
  }

  private Set<Ulid> list() throws IOException {
    Set<Ulid> out = new HashSet<>();
    try (Stream<String> directories = store.listDirectories(BlockNames.BLOCKS)) {
      directories.forEach(d -> {
        String name = d.substring(BlockNames.BLOCKS.length(), d.length() - 1);
        if (Ulid.isUlid(name)) {
          out.add(Ulid.parse(name));
        }
      });
    } catch (UncheckedObjectStoreException e) {
      throw e.reason();
    }
    return out;
  }

  private List<Read> read(List<Ulid> blocks) throws IOException, InterruptedException {
    Semaphore permits = new Semaphore(PARALLEL_READS);
    List<Read> out = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Read>> reads = new ArrayList<>();
      for (Ulid u : blocks) {
        reads.add(
            threads.submit(() -> {
              permits.acquire();
              try {
                return readOne(u);
              } finally {
                permits.release();
              }
            }));
      }
      for (Future<Read> f : reads) {
        out.add(f.get());
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException(e.getCause());
    }
    return out;
  }

  private Read readOne(Ulid block) throws IOException {
    ObjectKey key = BlockNames.meta(block);
    ByteBuffer bytes;
    try {
      bytes = store.readAll(key, BlockMetaJson.MAX_BYTES);
    } catch (ObjectStoreException.NotFound e) {
      return new Read.Absent();
    } catch (ObjectStoreException.TooLarge e) {
      return new Read.Unreadable(new CatalogSnapshot.Broken(block, String.valueOf(e.getMessage())));
    }
    byte[] json = new byte[bytes.remaining()];
    bytes.get(json);
    try {
      BlockMeta meta = BlockMetaJson.read(json, key.name());
      if (!meta.ulid().equals(block)) {
        throw new IOException(
            "cannot read block meta: it names block " + meta.ulid() + " [object=" + key + "]");
      }
      return new Read.Meta(meta);
    } catch (IOException e) {
      LOG.error("block cannot be read block={} reason=\"{}\"", block, e.getMessage());
      return new Read.Unreadable(new CatalogSnapshot.Broken(block, String.valueOf(e.getMessage())));
    }
  }
}
