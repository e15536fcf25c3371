package io.lamella.gateway.catalog;

import io.lamella.gateway.fetch.ReadScheduler;
import io.lamella.model.TimeRange;
import io.lamella.storage.block.read.BrokenBlock;
import io.lamella.storage.block.read.MetaMemory;
import io.lamella.storage.block.read.MetaRead;
import io.lamella.storage.block.read.PublishedBlocks;
import io.lamella.storage.block.read.PublishedBucket;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.PrefixedObjectStore;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Holds the current snapshot of the published blocks. A refresh reads the bucket and swaps the
/// snapshot; where it fails, the old one stays. A block whose meta cannot be read is named in the
/// log, makes queries of its day fail, and is tried again at each refresh. A block that is marked
/// for deletion is not in the snapshot.
///
/// [PublishedBucket] describes how the bucket is read and what that costs.
public final class BlockCatalog {
  private static final Logger LOG = LoggerFactory.getLogger(BlockCatalog.class);
  private static final int PARALLEL_READS = 64;

  private final PublishedBucket bucket;
  private final BlockSlice slice;
  private final String prefix;
  private volatile CatalogSnapshot snapshot = CatalogSnapshot.EMPTY;
  private boolean closed;

  /// The part of a store that is served.
  ///
  /// @param prefix of all objects, with a slash at its end, which the names in the snapshot have as
  ///   well; empty for none
  /// @param slice the blocks that are served
  public record Part(String prefix, BlockSlice slice) {}

  /// A catalog with a read scheduler of its own.
  public BlockCatalog(ObjectStore store) {
    this(
        store,
        new ReadScheduler(new ReadScheduler.ReadLimits(PARALLEL_READS, 0)),
        new Part("", BlockSlice.ALL),
        MetaMemory.ofHeap());
  }

  /// @param scheduler of the reads of metas, which form one queue; `catalog.json` is read without
  ///   it, as no meta is read before that ends
  /// @param memory of the metas; other catalogs may share it
  public BlockCatalog(ObjectStore root, ReadScheduler scheduler, Part part, MetaMemory memory) {
    this.slice = part.slice();
    this.prefix = part.prefix();
    ObjectStore store =
        prefix.isEmpty()
            ? root
            : new PrefixedObjectStore(root, prefix.substring(0, prefix.length() - 1));
    bucket =
        new PublishedBucket(
            store,
            PublishedBucket.Scope.UNMARKED,
            (block, meta) -> {
              scheduler.acquire(this, meta.size());
              try {
                return MetaRead.of(block, store);
              } finally {
                scheduler.release(this);
              }
            },
            memory);
  }

  /// Ends the refreshes, and no more counts the metas that the last snapshot has.
  public synchronized void close() {
    closed = true;
    bucket.close();
  }

  public CatalogSnapshot snapshot() {
    return snapshot;
  }

  /// Lists and reads; called by one thread at a time.
  ///
  /// @throws IOException where the bucket cannot be listed or the store fails; the snapshot stays
  ///   as it was, and metas that were read are not read again
  public synchronized void refresh() throws IOException, InterruptedException {
    if (closed) {
      return;
    }
    long begun = System.nanoTime();
    PublishedBlocks published = bucket.refresh();
    for (BrokenBlock b : published.broken()) {
      LOG.error("block cannot be read block={} reason=\"{}\"", b.block(), b.reason());
    }
    CatalogSnapshot before = snapshot;
    TimeRange served = slice.times();
    CatalogSnapshot after =
        new CatalogSnapshot(
            published.visible().stream().filter(b -> slice.keeps(b, served)).toList(),
            published.broken().stream().filter(b -> slice.mayKeep(b.block(), served)).toList(),
            published.objects(),
            served,
            prefix);
    if (!after.blocks().equals(before.blocks())) {
      LOG.info(
          "catalog changed blocks={} previously={} millis={}",
          after.blocks().size(),
          before.blocks().size(),
          (System.nanoTime() - begun) / 1_000_000);
    }
    snapshot = after;
  }
}
