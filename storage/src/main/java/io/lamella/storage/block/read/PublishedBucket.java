package io.lamella.storage.block.read;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Catalog;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.concurrent.TaskFailure;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;

/// Finds the published blocks of a bucket.
///
/// One listing of all objects (a request for each thousand) finds the metas and the deletion marks,
/// without a request for each block. Metas are read while the listing continues. They are cached by
/// version: a published meta never changes, and one that was deleted and written again has another
/// ETag.
///
/// `catalog.json` is used only to save reads of metas. The listing decides which blocks exist, and
/// a meta from the file is used only where the listing shows the version that it was read from. So
/// an outdated or wrong file costs reads and never changes the result.
///
/// For queries, single metas that the store does not deliver, or not within [Patience], do not hold
/// up the other blocks: their blocks are broken, at once in the first refresh, later where two
/// refreshes in a row failed.
///
/// One refresh runs at a time; other threads wait.
public final class PublishedBucket {
  private static final int PARALLEL_READS = 64;

  /// So many metas may fail to be read while others are; beyond that the store itself fails.
  private static final int MAX_FAILED = 16;

  /// A refresh fails with a meta that cannot be read; after so many in a row the block is broken.
  private static final int FAILURES_OF_BROKEN = 2;

  private static final long DAY_MILLIS = 86_400_000;

  /// The characters of a ULID that are its time.
  private static final int TIME_DIGITS = 10;

  private final ObjectStore store;
  private final Scope scope;
  private final MetaReader reader;
  private final List<String> prefixes;
  private final Patience patience;
  private final MetaMemory.Share memory;
  private Map<Ulid, Catalog.Entry> cached = Map.of();

  /// How many refreshes in a row failed to read the meta of a block.
  private Map<Ulid, Integer> failures = Map.of();

  private boolean refreshed;

  /// Which blocks a refresh reads.
  public enum Scope {
    /// For queries. Metas of marked blocks are not read, and the catalog is read beside the first
    /// listing to save reads of metas. Metas are those [for readers][BlockMeta#forReaders].
    UNMARKED,
    /// For writers. Metas of all blocks are read, each from its own object; at each refresh where
    /// the store lists no tags.
    ALL
  }

  /// Reads one meta; called by many threads at once.
  @FunctionalInterface
  public interface MetaReader {
    /// @param meta as it is listed; of the block's `meta.json`
    MetaRead read(Ulid block, ObjectVersion meta) throws IOException, InterruptedException;
  }

  /// How long a refresh for queries waits for what it can do without.
  ///
  /// @param catalog for the catalog; then metas are read one by one
  /// @param lateMetas for the last few metas, since the last one that was read
  public record Patience(Duration catalog, Duration lateMetas) {
    static final Patience DEFAULT = new Patience(Duration.ofSeconds(10), Duration.ofSeconds(5));
  }

  /// A bucket whose metas are read from the store, a bounded number at once.
  public PublishedBucket(ObjectStore store, Scope scope) {
    this(store, scope, bounded(store));
  }

  /// @param reader reads the metas, and bounds how many are read at once
  public PublishedBucket(ObjectStore store, Scope scope, MetaReader reader) {
    this(store, scope, reader, MetaMemory.ofHeap());
  }

  /// @param memory of the metas; other buckets may share it
  public PublishedBucket(ObjectStore store, Scope scope, MetaReader reader, MetaMemory memory) {
    this(store, scope, reader, List.of(BlockNames.BLOCKS), new Bounds(Patience.DEFAULT, memory));
  }

  PublishedBucket(ObjectStore store, Scope scope, MetaReader reader, Patience patience) {
    this(
        store,
        scope,
        reader,
        List.of(BlockNames.BLOCKS),
        new Bounds(patience, MetaMemory.ofHeap()));
  }

  /// How long a refresh waits, and in what memory it keeps metas.
  private record Bounds(Patience patience, MetaMemory memory) {}

  private PublishedBucket(
      ObjectStore store, Scope scope, MetaReader reader, List<String> prefixes, Bounds bounds) {
    this.store = store;
    this.scope = scope;
    this.reader = reader;
    this.prefixes = prefixes;
    this.patience = bounds.patience();
    this.memory = bounds.memory().share();
  }

  /// The blocks that begin at given instants, for writers. Their names begin with that time, so
  /// that no other block is listed or read.
  ///
  /// @param startMillis not negative
  public static PublishedBucket startingAt(ObjectStore store, Collection<Long> startMillis) {
    return new PublishedBucket(
        store,
        Scope.ALL,
        bounded(store),
        startMillis.stream()
            .distinct()
            .sorted()
            .map(t -> BlockNames.BLOCKS + new Ulid(t << 16, 0).toString().substring(0, TIME_DIGITS))
            .toList(),
        new Bounds(Patience.DEFAULT, MetaMemory.ofHeap()));
  }

  private static MetaReader bounded(ObjectStore store) {
    Semaphore permits = new Semaphore(PARALLEL_READS);
    return (block, _) -> {
      permits.acquire();
      try {
        return MetaRead.of(block, store);
      } finally {
        permits.release();
      }
    };
  }

  /// Lists all block directories, ascending by ULID, and reads no meta.
  ///
  /// @throws IOException where the bucket cannot be listed
  public static List<ListedBlock> list(ObjectStore store) throws IOException {
    return BlockListing.DEFAULT.list(store, List.of(BlockNames.BLOCKS), _ -> {});
  }

  /// Lists the bucket and reads the metas that are not cached.
  ///
  /// @throws IOException where the bucket cannot be listed or the store fails, but for single
  ///   metas; metas that were read until then are cached
  public synchronized PublishedBlocks refresh() throws IOException, InterruptedException {
    List<ListedBlock> listed;
    Map<Ulid, ObjectStoreException> failed;
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    MetaReads<ReadEntry> reads = new MetaReads<>(threads);
    memory.begin(cached.values().stream().map(Catalog.Entry::meta).toList());
    try (threads) {
      Future<Map<ObjectVersion, BlockMeta>> catalog =
          scope == Scope.UNMARKED && cached.isEmpty()
              ? threads.submit(() -> CatalogFile.metas(store))
              : CompletableFuture.completedFuture(Map.of());
      try {
        listed =
            BlockListing.DEFAULT.list(
                store,
                prefixes,
                b -> {
                  if (isRead(b)) {
                    ObjectVersion version = b.meta().orElseThrow();
                    reads.start(b.block(), () -> read(b.block(), version, catalog));
                  }
                });
        if (scope == Scope.UNMARKED) {
          reads.await(MAX_FAILED, patience.lateMetas());
        }
        failed = failed(reads.all());
      } catch (ExecutionException e) {
        throw TaskFailure.of(e);
      } finally {
        // After a failure the other reads would only fail in the same way, one after another.
        threads.shutdownNow();
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      remember(reads.all());
      throw e;
    }
    refreshed = true;
    return contents(listed, reads.all(), failed);
  }

  /// Gives the memory of the metas back to those that share it. Not to be refreshed any more.
  public synchronized void close() {
    memory.begin(List.of());
  }

  /// Waits for all reads.
  ///
  /// @return blocks whose metas the store does not deliver, although it answers otherwise
  /// @throws ExecutionException where a read failed, and the next refresh may find a better store
  private Map<Ulid, ObjectStoreException> failed(Map<Ulid, Future<ReadEntry>> reads)
      throws ExecutionException, InterruptedException {
    Map<Ulid, ObjectStoreException> failed = new HashMap<>();
    Map<Ulid, Integer> times = new HashMap<>();
    Optional<ExecutionException> fatal = Optional.empty();
    for (Map.Entry<Ulid, Future<ReadEntry>> read : reads.entrySet()) {
      try {
        MetaReads.result(read);
      } catch (ExecutionException e) {
        if (scope == Scope.ALL
            || failed.size() == MAX_FAILED
            || !(e.getCause() instanceof ObjectStoreException failure)) {
          throw e;
        }
        Ulid block = read.getKey();
        failed.put(block, failure);
        times.put(block, failures.getOrDefault(block, 0) + 1);
        if (refreshed && times.getOrDefault(block, 0) < FAILURES_OF_BROKEN) {
          fatal = Optional.of(e);
        }
      }
    }
    failures = Map.copyOf(times);
    if (fatal.isPresent()) {
      throw fatal.get();
    }
    if (failed.size() > cached.size() + reads.size() - failed.size()) {
      throw new ExecutionException(failed.values().iterator().next());
    }
    return failed;
  }

  private boolean isRead(ListedBlock b) {
    if (b.meta().isEmpty() || b.marked() && scope == Scope.UNMARKED) {
      return false;
    }
    Catalog.Entry k = cached.get(b.block());
    if (k == null || !k.version().equals(b.meta().get())) {
      return true;
    }
    // A size alone cannot tell two objects apart. Writers make sure; for queries, reads of all
    // metas at each refresh would cost too much.
    return scope == Scope.ALL && b.meta().get().etag().isEmpty();
  }

  /// The result of reading a meta, and the version that was listed.
  private record ReadEntry(ObjectVersion version, MetaRead result) {}

  private ReadEntry read(
      Ulid block, ObjectVersion version, Future<Map<ObjectVersion, BlockMeta>> catalog)
      throws IOException, InterruptedException, ExecutionException {
    BlockMeta meta = CatalogFile.within(patience.catalog(), catalog).get(version);
    MetaRead read = meta == null ? reader.read(block, version) : new MetaRead.Found(meta);
    if (scope == Scope.UNMARKED && read instanceof MetaRead.Found(BlockMeta whole)) {
      MetaRead kept = forReaders(whole);
      if (kept instanceof MetaRead.Found(BlockMeta small)) {
        memory.add(small);
      }
      return new ReadEntry(version, kept);
    }
    return new ReadEntry(version, read);
  }

  /// The meta without what readers do not need. One that is about other days than that of its name
  /// would change the results of these days, so it is not used at all.
  private static MetaRead forReaders(BlockMeta m) {
    long day = m.ulid().timeMillis();
    if (m.minTimeMillis() < day || m.maxTimeMillis() > day + DAY_MILLIS) {
      return new MetaRead.Unreadable(
          m.ulid(),
          "its time range ["
              + m.minTimeMillis()
              + ", "
              + m.maxTimeMillis()
              + ") is not within the day of its name, which starts at "
              + day);
    }
    for (Ulid replaced : m.replaces()) {
      if (replaced.timeMillis() != day || replaced.equals(m.ulid())) {
        return new MetaRead.Unreadable(
            m.ulid(), "it replaces block " + replaced + ", expected another block of its day");
      }
    }
    return new MetaRead.Found(m.forReaders());
  }

  private PublishedBlocks contents(
      List<ListedBlock> listed,
      Map<Ulid, Future<ReadEntry>> reads,
      Map<Ulid, ObjectStoreException> failed) {
    Map<Ulid, Catalog.Entry> metas = new TreeMap<>();
    List<BrokenBlock> broken = new ArrayList<>();
    List<ListedBlock> unfinished = new ArrayList<>();
    for (ListedBlock b : listed) {
      Future<ReadEntry> read = reads.get(b.block());
      Catalog.Entry k = cached.get(b.block());
      ObjectStoreException failure = failed.get(b.block());
      if (b.meta().isEmpty()) {
        unfinished.add(b);
      } else if (failure != null) {
        broken.add(BrokenBlock.of(b.block(), failure));
      } else if (read != null) {
        ReadEntry entry = read.resultNow();
        switch (entry.result()) {
          case MetaRead.Found(BlockMeta m) ->
              metas.put(b.block(), new Catalog.Entry(entry.version(), m));
          case MetaRead.Unreadable u -> broken.add(u.broken());
          // It was deleted after the listing, so it is left out.
          case MetaRead.Absent _ -> {}
        }
      } else if (k != null && !(b.marked() && scope == Scope.UNMARKED)) {
        metas.put(b.block(), k);
      }
    }
    cached = Map.copyOf(metas);
    Map<Ulid, BlockObjects> objects = new HashMap<>();
    for (ListedBlock b : listed) {
      Catalog.Entry entry = metas.get(b.block());
      if (entry != null) {
        objects.put(b.block(), BlockObjects.of(entry.meta(), b.objects()));
      }
    }
    Set<Ulid> marked =
        listed.stream()
            .filter(ListedBlock::marked)
            .map(ListedBlock::block)
            .collect(Collectors.toSet());
    return new PublishedBlocks(List.copyOf(metas.values()), marked, broken, unfinished, objects);
  }

  private void remember(Map<Ulid, Future<ReadEntry>> reads) {
    Map<Ulid, Catalog.Entry> metas = new HashMap<>(cached);
    for (Future<ReadEntry> f : reads.values()) {
      if (f.state() == Future.State.SUCCESS
          && f.resultNow() instanceof ReadEntry(ObjectVersion v, MetaRead.Found(BlockMeta m))) {
        metas.put(m.ulid(), new Catalog.Entry(v, m));
      }
    }
    cached = Map.copyOf(metas);
  }
}
