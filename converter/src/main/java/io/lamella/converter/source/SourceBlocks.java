package io.lamella.converter.source;

import io.lamella.converter.schedule.TimeSpan;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.concurrent.ParallelTasks;
import io.lamella.storage.concurrent.TaskFailure;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.config.ObjectStores;
import io.lamella.storage.object.local.DirectoryTree;
import io.lamella.storage.tsdb.TsdbBlock;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens TSDB blocks and keeps them open while they are read.
///
/// A reader of a block has a [SourceLease] of it. The first [SourceLease#open] opens the block,
/// copying it where it is not on local disk; the last [SourceLease#close] closes it and deletes the
/// local copy. A block of several leases is copied once: whole, or only the chunks of the time
/// ranges of the leases, whichever is less. The copies stay within a limit.
///
/// Thread-safe; no lock is held while a block is copied.
public final class SourceBlocks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SourceBlocks.class);

  private final ObjectStore store;
  private final Optional<Path> local;
  private final BlockBucket bucket;
  private final Path work;
  private final DiskBudget disk;
  private final Map<Ulid, ListedFiles> files = new ConcurrentHashMap<>();
  private final Map<Ulid, TimeSpan> spans = new ConcurrentHashMap<>();
  private final Map<Ulid, Shared> leased = new HashMap<>();
  private int copies;
  private long leases;
  private long openedBytes;

  /// A block of one or more leases.
  private static final class Shared {
    final FutureTask<OpenSource> block;
    final Path copy;
    final List<TimeSpan> needed = new ArrayList<>();
    int leases;
    boolean admitted;
    long reserved;

    Shared(FutureTask<OpenSource> block, Path copy) {
      this.block = block;
      this.copy = copy;
    }
  }

  /// @param local the directory of the store, if it is one; its blocks need no copy
  SourceBlocks(ObjectStore store, Optional<Path> local, SourceSettings settings) {
    this.store = store;
    this.local = local;
    this.bucket = new BlockBucket(store, settings.external());
    this.work = settings.work();
    this.disk = new DiskBudget(settings.diskBytes());
  }

  /// @param from a directory of TSDB blocks, or objstore YAML of a bucket of them
  public static SourceBlocks open(String from, SourceSettings settings) throws IOException {
    Path directory = Path.of(from);
    Optional<Path> local = Files.isDirectory(directory) ? Optional.of(directory) : Optional.empty();
    return new SourceBlocks(ObjectStores.open(from), local, settings);
  }

  /// Lists the blocks.
  public SourceListing list() throws IOException, InterruptedException {
    return remember(bucket.list(files));
  }

  /// Lists some blocks.
  public SourceListing list(Collection<Ulid> blocks) throws IOException, InterruptedException {
    return remember(bucket.list(blocks, files));
  }

  private SourceListing remember(SourceListing listing) {
    listing.blocks().forEach(b -> spans.put(b.ulid(), b.span()));
    return listing;
  }

  /// Leases whole blocks without opening them. They were listed before.
  public SourceLease lease(List<Ulid> blocks) {
    return lease(blocks, new TimeSpan(Long.MIN_VALUE, Long.MAX_VALUE));
  }

  /// Leases blocks for a time range without opening them. They were listed before.
  public synchronized SourceLease lease(List<Ulid> blocks, TimeSpan needed) {
    for (Ulid u : blocks) {
      Shared shared = leased.computeIfAbsent(u, this::shared);
      shared.leases++;
      shared.needed.add(needed);
    }
    return new SourceLease(blocks, leases++);
  }

  /// Each copy has its own directory, so that one may be deleted while the next is made.
  private Shared shared(Ulid block) {
    Path copy = work.resolve(Integer.toString(copies++));
    return new Shared(new FutureTask<>(() -> openOne(block, copy)), copy);
  }

  private ListedFiles listed(Ulid block) throws IOException {
    ListedFiles listed = files.get(block);
    if (listed == null) {
      throw new IOException("cannot open source block " + block + ": it is not in the source");
    }
    return listed;
  }

  private OpenSource openOne(Ulid block, Path copy) throws IOException, InterruptedException {
    ListedFiles listed = listed(block);
    Path directory;
    long bytes = listed.bytes();
    if (local.isPresent()) {
      directory = local.get().resolve(block.toString());
    } else {
      BlockFetch fetch = new BlockFetch(store, listed, copy);
      directory = fetch.directory();
      bytes = fetch(fetch, listed);
    }
    OpenSource source = index(block, directory);
    synchronized (this) {
      openedBytes += bytes;
    }
    return source;
  }

  private static OpenSource index(Ulid block, Path directory) throws IOException {
    try {
      TsdbBlock opened = TsdbBlock.open(directory);
      try {
        return OpenSource.of(block, opened);
      } catch (IOException | RuntimeException e) {
        opened.close();
        throw e;
      }
    } catch (RuntimeException e) {
      LOG.warn("source block not opened block={}", block, e);
      throw SourceFailure.unexpected(block, e);
    }
  }

  private synchronized CopyChoice choice(ListedFiles listed) {
    Shared shared = leased.get(listed.block());
    return CopyChoice.of(
        listed, spans.get(listed.block()), shared == null ? List.of() : shared.needed);
  }

  /// @return the number of bytes that were copied
  private long fetch(BlockFetch fetch, ListedFiles listed)
      throws IOException, InterruptedException {
    CopyChoice choice = choice(listed);
    if (choice.isWhole()) {
      fetch.whole();
      return listed.bytes();
    }
    fetch.withoutChunks();
    List<BlockFetch.SegmentRanges> chunks;
    try (TsdbBlock index = TsdbBlock.open(fetch.directory())) {
      chunks = fetch.chunks(index, choice.needed());
    }
    long bytes =
        listed.bytes()
            - listed.chunkBytes()
            + chunks.stream().mapToLong(BlockFetch.SegmentRanges::bytes).sum();
    reserveExactly(listed.block(), bytes);
    fetch.fetch(chunks);
    return bytes;
  }

  private void reserveExactly(Ulid block, long bytes) throws IOException {
    Shared shared;
    long before;
    synchronized (this) {
      shared = leased.get(block);
      before = shared == null ? 0 : shared.reserved;
    }
    if (shared != null) {
      disk.correct(before, bytes, "block " + block);
      synchronized (this) {
        shared.reserved = bytes;
      }
    }
  }

  /// The total size of all blocks that were opened, of which only the copied part counts.
  public synchronized long openedBytes() {
    return openedBytes;
  }

  /// The right to read some blocks until it is closed. For one thread at a time.
  public final class SourceLease implements AutoCloseable {
    private final List<Ulid> blocks;
    private final long number;
    private boolean running;
    private boolean closed;

    private SourceLease(List<Ulid> blocks, long number) {
      this.blocks = List.copyOf(blocks);
      this.number = number;
    }

    /// Opens the blocks. They are in the order of the request and stay open until the lease is
    /// closed.
    ///
    /// @throws IOException where one of them cannot be copied or opened. All leases of that block
    ///   fail until all of them are closed.
    public List<TsdbBlock> open() throws IOException, InterruptedException {
      return sources(1).stream().map(OpenSource::block).toList();
    }

    /// As [#open], with the times of the blocks' chunks.
    ///
    /// @param atOnce blocks that are copied and opened at a time
    /// @throws SourceFailure where one of them cannot be copied or opened
    public List<OpenSource> sources(int atOnce) throws IOException, InterruptedException {
      if (local.isEmpty() && !running) {
        disk.take(number, new Admission(), "a day from " + blocks.size() + " blocks");
        running = true;
      }
      // A block that fails does so in its own task, so that the others are not interrupted.
      List<Callable<Boolean>> opening = new ArrayList<>();
      for (Ulid u : blocks) {
        FutureTask<OpenSource> block = task(u);
        opening.add(() -> {
          block.run();
          return true;
        });
      }
      ParallelTasks.run(opening, atOnce);
      List<OpenSource> out = new ArrayList<>();
      for (Ulid u : blocks) {
        try {
          out.add(task(u).get());
        } catch (ExecutionException e) {
          throw SourceFailure.of(u, TaskFailure.of(e));
        }
      }
      return out;
    }

    /// Space for the blocks that nobody has asked for yet.
    private final class Admission implements DiskBudget.Demand {
      private final Map<Shared, Long> more = new HashMap<>();

      @Override
      public long bytes() {
        synchronized (SourceBlocks.this) {
          more.clear();
          for (Ulid u : blocks) {
            Shared shared = leased.get(u);
            ListedFiles listed = files.get(u);
            if (shared != null && listed != null && !shared.admitted) {
              more.put(shared, CopyChoice.of(listed, spans.get(u), shared.needed).estimate());
            }
          }
          return more.values().stream().mapToLong(Long::longValue).sum();
        }
      }

      @Override
      public void taken() {
        synchronized (SourceBlocks.this) {
          more.forEach((shared, bytes) -> {
            shared.admitted = true;
            shared.reserved = bytes;
          });
        }
      }
    }

    private FutureTask<OpenSource> task(Ulid block) {
      synchronized (SourceBlocks.this) {
        Shared shared = leased.get(block);
        if (closed || shared == null) {
          throw new IllegalStateException("the lease of block " + block + " is closed");
        }
        return shared.block;
      }
    }

    /// Releases the blocks; a second call has no effect.
    @Override
    public void close() throws IOException {
      List<Shared> unused = new ArrayList<>();
      synchronized (SourceBlocks.this) {
        if (closed) {
          return;
        }
        closed = true;
        for (Ulid u : blocks) {
          Shared shared = leased.get(u);
          if (shared != null && --shared.leases == 0) {
            leased.remove(u);
            unused.add(shared);
          }
        }
      }
      try {
        closeAll(unused);
      } finally {
        unused.stream().filter(s -> s.admitted).forEach(s -> disk.release(s.reserved));
        if (running) {
          running = false;
          disk.end();
        }
      }
    }
  }

  /// Closes all, also where one of them fails.
  private static void closeAll(List<Shared> unused) throws IOException {
    if (unused.isEmpty()) {
      return;
    }
    try (Closeable _ = () -> closeAll(unused.subList(1, unused.size()))) {
      close(unused.getFirst());
    }
  }

  private static void close(Shared unused) throws IOException {
    // A block that was not opened yet must not be opened any more.
    unused.block.cancel(false);
    try {
      if (unused.block.state() == FutureTask.State.SUCCESS) {
        unused.block.resultNow().block().close();
      }
    } finally {
      DirectoryTree.delete(unused.copy);
    }
  }

  /// Closes all blocks, including leased ones, deletes the local copies, and closes the store. No
  /// block may be in use.
  @Override
  public void close() throws IOException {
    List<Shared> all;
    synchronized (this) {
      all = List.copyOf(leased.values());
      leased.clear();
    }
    try (store) {
      closeAll(all);
    }
  }
}
