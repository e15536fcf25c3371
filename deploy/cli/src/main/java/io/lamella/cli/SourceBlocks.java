package io.lamella.cli;

import io.lamella.converter.schedule.SourceBlock;
import io.lamella.converter.source.BlockBucket;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.config.ObjectStores;
import io.lamella.storage.object.local.DirectoryTree;
import io.lamella.storage.tsdb.TsdbBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The TSDB blocks that published blocks were made of, opened while someone looks at them.
/// Thread-safe.
final class SourceBlocks implements AutoCloseable {
  private final String from;
  private final ObjectStore store;
  private final BlockBucket bucket;
  private final List<SourceBlock> blocks;
  private final Path work;
  private final Map<Ulid, Open> open = new HashMap<>();

  private record Open(TsdbBlock block, int users) {}

  /// Source blocks of one published block.
  ///
  /// @param blocks to be read, ascending
  /// @param missing sources of the block that nothing here holds
  record Chosen(List<Ulid> blocks, Set<Ulid> missing) {}

  private SourceBlocks(
      String from, ObjectStore store, BlockBucket bucket, List<SourceBlock> blocks, Path work) {
    this.from = from;
    this.store = store;
    this.bucket = bucket;
    this.blocks = blocks;
    this.work = work;
  }

  /// @param from a directory of TSDB blocks, or objstore YAML of a bucket of them
  static SourceBlocks open(String from) throws IOException {
    ObjectStore store = ObjectStores.open(from);
    try {
      BlockBucket bucket = new BlockBucket(store, Set.of());
      List<SourceBlock> raw =
          bucket.list().blocks().stream().filter(b -> b.resolutionMillis() == 0).toList();
      return new SourceBlocks(
          from, store, bucket, raw, Files.createTempDirectory("lamella-verify-"));
    } catch (IOException | RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /// Finds what a published block was made of: blocks all of whose leaves went in, the largest
  /// first, for a compacted one holds what its parts did; then, for leaves that those lack, blocks
  /// that hold more besides.
  Chosen choose(BlockMeta meta) {
    Set<Ulid> missing = new HashSet<>(meta.sources());
    Set<Ulid> sources = Set.copyOf(meta.sources());
    List<SourceBlock> order = new ArrayList<>(blocks);
    order.sort(
        Comparator.comparing((SourceBlock b) -> sources.containsAll(b.leaves()) ? 0 : 1)
            .thenComparingInt(b -> -b.leaves().size())
            .thenComparing(SourceBlock::ulid));
    List<Ulid> chosen = new ArrayList<>();
    for (SourceBlock b : order) {
      if (b.leaves().stream().anyMatch(missing::contains)) {
        missing.removeAll(b.leaves());
        if (b.minTimeMillis() < meta.maxTimeMillis() && b.maxTimeMillis() > meta.minTimeMillis()) {
          chosen.add(b.ulid());
        }
      }
    }
    return new Chosen(chosen.stream().sorted().toList(), missing);
  }

  /// Opens blocks, which [#release] gives back.
  synchronized List<TsdbBlock> acquire(List<Ulid> wanted) throws IOException {
    List<TsdbBlock> out = new ArrayList<>();
    int taken = 0;
    try {
      for (Ulid u : wanted) {
        Open there = open.get(u);
        TsdbBlock block = there == null ? TsdbBlock.open(directory(u)) : there.block();
        open.put(u, new Open(block, there == null ? 1 : there.users() + 1));
        out.add(block);
        taken++;
      }
      return out;
    } catch (IOException | RuntimeException e) {
      release(wanted.subList(0, taken));
      throw e;
    }
  }

  private Path directory(Ulid block) throws IOException {
    Path local = Path.of(from);
    return Files.isDirectory(local)
        ? local.resolve(block.toString())
        : bucket.download(block, work);
  }

  /// Closes blocks that nobody looks at any more, but for the one that was opened last: the next
  /// day's block is often made of it, too.
  synchronized void release(List<Ulid> done) throws IOException {
    Set<Ulid> kept = done.isEmpty() ? Set.of() : Set.of(done.getLast());
    for (Ulid u : done) {
      open.computeIfPresent(u, (_, o) -> new Open(o.block(), o.users() - 1));
    }
    for (Ulid u : List.copyOf(open.keySet())) {
      Open o = open.get(u);
      if (o != null && o.users() == 0 && !kept.contains(u)) {
        open.remove(u);
        o.block().close();
        DirectoryTree.delete(work.resolve(u.toString()));
      }
    }
  }

  @Override
  public synchronized void close() throws IOException {
    open.values().forEach(o -> o.block().close());
    open.clear();
    try (store) {
      DirectoryTree.delete(work);
    }
  }
}
