package io.lamella.converter.source;

import io.lamella.storage.block.Ulid;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

/// Opens TSDB blocks and keeps them open while they are read.
///
/// A reader of a block has a [SourceLease] of it. The first [SourceLease#open] opens the block,
/// downloading it where it is not on local disk; the last [SourceLease#close] closes it and deletes
/// the local copy. A block of several leases is opened once.
///
/// Thread-safe; no lock is held while a block is downloaded.
public final class SourceBlocks implements AutoCloseable {
  private final Optional<Path> local;
  private final ObjectStore store;
  private final BlockBucket bucket;
  private final Path work;
  private final Map<Ulid, Shared> leased = new HashMap<>();
  private int copies;
  private long openedBytes;

  /// A block of one or more leases.
  private static final class Shared {
    final FutureTask<TsdbBlock> block;
    final Path copy;
    int leases;

    Shared(FutureTask<TsdbBlock> block, Path copy) {
      this.block = block;
      this.copy = copy;
    }
  }

  /// @param local the directory of the store, if it is one; its blocks need no copy
  SourceBlocks(ObjectStore store, Optional<Path> local, Set<String> replicaLabels, Path work) {
    this.store = store;
    this.local = local;
    this.bucket = new BlockBucket(store, replicaLabels);
    this.work = work;
  }

  /// @param from a directory of TSDB blocks, or objstore YAML of a bucket of them
  /// @param replicaLabels external labels that distinguish replicas; they are removed
  /// @param work directory for local copies; the caller deletes it
  public static SourceBlocks open(String from, Set<String> replicaLabels, Path work)
      throws IOException {
    Path directory = Path.of(from);
    Optional<Path> local = Files.isDirectory(directory) ? Optional.of(directory) : Optional.empty();
    return new SourceBlocks(ObjectStores.open(from), local, replicaLabels, work);
  }

  /// Lists the blocks.
  public BlockBucket.SourceListing list() throws IOException {
    return bucket.list();
  }

  /// Leases blocks without opening them.
  public synchronized SourceLease lease(List<Ulid> blocks) {
    for (Ulid u : blocks) {
      leased.computeIfAbsent(u, this::shared).leases++;
    }
    return new SourceLease(blocks);
  }

  /// Each copy has its own directory, so that one may be deleted while the next is downloaded.
  private Shared shared(Ulid block) {
    Path copy = work.resolve(Integer.toString(copies++));
    return new Shared(new FutureTask<>(() -> openOne(block, copy)), copy);
  }

  private TsdbBlock openOne(Ulid block, Path copy) throws IOException {
    Path directory =
        local.isPresent() ? local.get().resolve(block.toString()) : bucket.download(block, copy);
    // Nothing may fail once the block is open: nobody would close it.
    long bytes = size(directory);
    TsdbBlock opened = TsdbBlock.open(directory);
    synchronized (this) {
      openedBytes += bytes;
    }
    return opened;
  }

  private static long size(Path directory) throws IOException {
    long total = 0;
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path p : all.filter(Files::isRegularFile).toList()) {
        total += Files.size(p);
      }
    }
    return total;
  }

  /// The total size of all blocks that were opened.
  public synchronized long openedBytes() {
    return openedBytes;
  }

  /// The right to read some blocks until it is closed. For one thread at a time.
  public final class SourceLease implements AutoCloseable {
    private final List<Ulid> blocks;
    private boolean closed;

    private SourceLease(List<Ulid> blocks) {
      this.blocks = List.copyOf(blocks);
    }

    /// Opens the blocks. They are in the order of the request and stay open until the lease is
    /// closed.
    ///
    /// @throws IOException where one of them cannot be downloaded or opened. All leases of that
    ///   block fail until all of them are closed.
    public List<TsdbBlock> open() throws IOException, InterruptedException {
      List<TsdbBlock> out = new ArrayList<>();
      for (Ulid u : blocks) {
        FutureTask<TsdbBlock> block = task(u);
        block.run();
        try {
          out.add(block.get());
        } catch (ExecutionException e) {
          throw TaskFailure.of(e);
        }
      }
      return out;
    }

    private FutureTask<TsdbBlock> task(Ulid block) {
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
      closeAll(unused);
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
        unused.block.resultNow().close();
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
