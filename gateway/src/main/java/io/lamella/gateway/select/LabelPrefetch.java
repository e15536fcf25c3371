package io.lamella.gateway.select;

import io.lamella.gateway.cache.ShardMetadataCache.BlockFile;
import io.lamella.gateway.cache.ShardMetadataCache.ShardMetadata;
import io.lamella.gateway.catalog.CatalogSnapshot;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.read.RangeReader;
import io.lamella.gateway.read.ShardMetadataReader;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.read.BlockObjects;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.block.read.ParquetFileMetadata;
import io.lamella.storage.concurrent.ParallelTasks;
import io.lamella.storage.object.ByteRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the manifests of all blocks and the label pages of the newest ones into the caches before
/// a query needs them, so that a narrow query waits only for chunk pages. One run at a time.
///
/// The scheduler starts these reads only while no query's read waits. A query that needs the same
/// pages joins the running read, which gets the query's priority. A running read holds a permit, so
/// beside queries blocks are read one after the other, and each in pieces.
///
/// Label columns, series hashes and times are read; statistics columns, which few queries use, are
/// not.
public final class LabelPrefetch {
  private static final Logger LOG = LoggerFactory.getLogger(LabelPrefetch.class);

  /// Label pages that are read at a time, bytes.
  static final long PIECE_BYTES = 1 << 20;

  private static final Set<String> OTHER_COLUMNS =
      Set.of(BlockSchema.SERIES_HASH, BlockSchema.FIRST_TIME, BlockSchema.LAST_TIME);

  private final ShardMetadataReader metadata;
  private final RangeReader reader;
  private final PrefetchLimits limits;
  private final LongConsumer onPrefetched;

  /// Bytes of label pages that were read, by the block's meta: a block that is published again
  /// under its name is another one.
  private final Map<BlockMeta, Long> prefetchedBytes = new ConcurrentHashMap<>();

  /// Blocks whose last prefetch failed; each is logged once.
  private final Set<BlockMeta> failed = ConcurrentHashMap.newKeySet();

  /// @param onPrefetched receives the bytes of label pages that were read, block by block
  public LabelPrefetch(
      ShardMetadataReader metadata,
      RangeReader reader,
      PrefetchLimits limits,
      LongConsumer onPrefetched) {
    this.metadata = metadata;
    this.reader = reader;
    this.limits = limits;
    this.onPrefetched = onPrefetched;
  }

  /// Prefetches the blocks of a snapshot that are new, the newest first. A block that cannot be
  /// read is skipped; the next run tries it again.
  public void run(CatalogSnapshot snapshot) throws IOException, InterruptedException {
    run(snapshot, 1, () -> false);
  }

  /// Like [#run(CatalogSnapshot)], but several blocks at a time: for a process that answers no
  /// query yet. Manifests come first, because every query needs some.
  ///
  /// @param isOver no further block is begun once this is true; another run goes on from there
  public void run(CatalogSnapshot snapshot, int blocksAtATime, BooleanSupplier isOver)
      throws IOException, InterruptedException {
    List<BlockMeta> blocks = newestWithinLimit(snapshot);
    Set<BlockMeta> present = Set.copyOf(snapshot.blocks());
    prefetchedBytes.keySet().retainAll(present);
    failed.retainAll(present);
    List<BlockMeta> pending = new ArrayList<>(blocks);
    pending.removeAll(prefetchedBytes.keySet());
    AtomicLong remaining =
        new AtomicLong(
            limits.labelBytes()
                - prefetchedBytes.values().stream().mapToLong(Long::longValue).sum());
    if (blocksAtATime > 1) {
      each(pending, blocksAtATime, isOver, b -> readManifests(b, snapshot.objects(b)));
    }
    each(
        pending,
        blocksAtATime,
        isOver,
        block -> {
          long bytes = prefetch(block, snapshot.objects(block), remaining);
          prefetchedBytes.put(block, bytes);
          failed.remove(block);
          onPrefetched.accept(bytes);
        });
  }

  private List<BlockMeta> newestWithinLimit(CatalogSnapshot snapshot) {
    List<BlockMeta> blocks = new ArrayList<>(snapshot.blocks());
    blocks.sort(Comparator.comparingLong(BlockMeta::maxTimeMillis).reversed());
    long manifests = 0;
    for (int i = 0; i < blocks.size(); i++) {
      manifests += manifestBytes(blocks.get(i));
      if (manifests > limits.manifestBytes()) {
        return blocks.subList(0, i);
      }
    }
    return blocks;
  }

  /// A step of the prefetch of one block.
  @FunctionalInterface
  private interface BlockStep {
    void run(BlockMeta block) throws IOException, InterruptedException;
  }

  private void each(List<BlockMeta> blocks, int atATime, BooleanSupplier isOver, BlockStep step)
      throws IOException, InterruptedException {
    AtomicInteger next = new AtomicInteger();
    Callable<Boolean> reader =
        () -> {
          for (int i = next.getAndIncrement();
              i < blocks.size() && !isOver.getAsBoolean();
              i = next.getAndIncrement()) {
            BlockMeta block = blocks.get(i);
            try {
              step.run(block);
            } catch (IOException | RuntimeException e) {
              if (failed.add(block)) {
                LOG.warn(
                    "labels not prefetched block={} reason=\"{}\"", block.ulid(), e.getMessage());
              }
            }
          }
          return true;
        };
    if (!blocks.isEmpty()) {
      ParallelTasks.run(Collections.nCopies(Math.min(atATime, blocks.size()), reader));
    }
  }

  private void readManifests(BlockMeta block, BlockObjects objects)
      throws IOException, InterruptedException {
    for (BlockMeta.Shard shard : block.shards()) {
      Optional<ShardMetadata> manifest = metadata.shard(objects, shard, QueryBudget.prefetch());
      if (manifest.isPresent()) {
        ShardMetadataCheck.keys(block, shard, manifest.get().runs());
      }
    }
  }

  private static long manifestBytes(BlockMeta block) {
    return block.shards().stream().mapToLong(s -> s.manifest().size()).sum();
  }

  /// @param remaining bytes that may still be read; what is read is taken from it, and shards that
  ///   have more are not read
  /// @return bytes of label pages that were read
  private long prefetch(BlockMeta block, BlockObjects objects, AtomicLong remaining)
      throws IOException, InterruptedException {
    long bytes = 0;
    for (BlockMeta.Shard shard : block.shards()) {
      QueryBudget budget = QueryBudget.prefetch();
      Optional<ShardMetadata> shardMetadata = metadata.shard(objects, shard, budget);
      if (shardMetadata.isEmpty()) {
        continue;
      }
      ShardMetadataCheck.keys(block, shard, shardMetadata.get().runs());
      BlockFile file = shardMetadata.get().labels();
      List<ByteRange> ranges = pages(file.metadata());
      long pageBytes = ranges.stream().mapToLong(ByteRange::length).sum();
      if (remaining.addAndGet(-pageBytes) < 0) {
        remaining.addAndGet(pageBytes);
      } else {
        for (List<ByteRange> piece : pieces(ranges)) {
          reader.fetch(List.of(new RangeReader.FileRanges(file.file(), piece)), budget);
        }
        bytes += pageBytes;
      }
    }
    return bytes;
  }

  /// The ranges in the order of the file, cut into pieces of [#PIECE_BYTES].
  static List<List<ByteRange>> pieces(List<ByteRange> ranges) {
    List<List<ByteRange>> out = new ArrayList<>();
    long bytes = PIECE_BYTES;
    for (ByteRange r :
        ranges.stream().sorted(Comparator.comparingLong(ByteRange::start)).toList()) {
      if (bytes + r.length() > PIECE_BYTES) {
        out.add(new ArrayList<>());
        bytes = 0;
      }
      out.getLast().add(r);
      bytes += r.length();
    }
    return out;
  }

  private static List<ByteRange> pages(ParquetFileMetadata file) {
    List<ByteRange> out = new ArrayList<>();
    for (ParquetFileMetadata.RowGroup group : file.rowGroups()) {
      for (ColumnPages c : group.columns().values()) {
        if (c.name().startsWith(BlockSchema.LABEL_PREFIX) || OTHER_COLUMNS.contains(c.name())) {
          c.dictionary().ifPresent(out::add);
          c.filter().ifPresent(out::add);
          for (int p = 0; p < c.pages(); p++) {
            if (!c.isNullPage(p)) {
              out.add(c.range(p));
            }
          }
        }
      }
    }
    return out;
  }
}
