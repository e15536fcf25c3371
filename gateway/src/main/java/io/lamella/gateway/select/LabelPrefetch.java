package io.lamella.gateway.select;

import io.lamella.gateway.cache.ShardMetadataCache.BlockFile;
import io.lamella.gateway.cache.ShardMetadataCache.ShardMetadata;
import io.lamella.gateway.catalog.CatalogSnapshot;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.read.RangeReader;
import io.lamella.gateway.read.ShardMetadataReader;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.block.read.ParquetFileMetadata;
import io.lamella.storage.object.ByteRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the manifests of all blocks and the label pages of the newest ones into the caches before
/// a query asks, so that a narrow query waits for chunk pages alone. Used by one thread.
///
/// Its reads pass the gate when no query's read waits, and a query that wants what one of them is
/// bringing joins it, which makes it as urgent as the query. A read that has passed holds a place,
/// so there is one shard after the other, a piece at a time.
///
/// Label columns, series hashes and times come in; the columns of statistics, which few queries
/// read, do not.
public final class LabelPrefetch {
  private static final Logger LOG = LoggerFactory.getLogger(LabelPrefetch.class);

  /// Label pages that are read at a time.
  static final long PIECE_BYTES = 1 << 20;

  private static final Set<String> OTHERS =
      Set.of(BlockSchema.SERIES_HASH, BlockSchema.FIRST_TIME, BlockSchema.LAST_TIME);

  private final ShardMetadataReader layouts;
  private final RangeReader reader;
  private final PrefetchLimits limits;
  private final LongConsumer fetched;

  /// Bytes of label pages by block that was seen to.
  private final Map<Ulid, Long> done = new HashMap<>();

  /// @param fetched is told of bytes of label pages that were brought
  public LabelPrefetch(
      ShardMetadataReader layouts,
      RangeReader reader,
      PrefetchLimits limits,
      LongConsumer fetched) {
    this.layouts = layouts;
    this.reader = reader;
    this.limits = limits;
    this.fetched = fetched;
  }

  /// Brings what is new in a snapshot, the newest blocks first. A failure ends this round; the next
  /// one tries again.
  public void run(CatalogSnapshot snapshot) throws InterruptedException {
    List<BlockMeta> blocks = new ArrayList<>(snapshot.blocks());
    blocks.sort(Comparator.comparingLong(BlockMeta::maxTimeMillis).reversed());
    done.keySet().retainAll(blocks.stream().map(BlockMeta::ulid).toList());
    long labels = done.values().stream().mapToLong(Long::longValue).sum();
    long manifests = 0;
    for (BlockMeta block : blocks) {
      manifests += manifestBytes(block);
      if (manifests > limits.manifestBytes()) {
        return;
      }
      if (done.containsKey(block.ulid())) {
        continue;
      }
      try {
        long bytes = block(block, limits.labelBytes() - labels);
        labels += bytes;
        done.put(block.ulid(), bytes);
        fetched.accept(bytes);
      } catch (IOException | RuntimeException e) {
        LOG.warn("labels not fetched ahead block={} reason=\"{}\"", block.ulid(), e.getMessage());
        return;
      }
    }
  }

  private static long manifestBytes(BlockMeta block) {
    return block.shards().stream()
        .mapToLong(s -> s.manifest().map(BlockMeta.Manifest::size).orElse(0L))
        .sum();
  }

  /// @return bytes of label pages that came, none where they are more than `left`
  private long block(BlockMeta block, long left) throws IOException, InterruptedException {
    long bytes = 0;
    for (BlockMeta.Shard shard : block.shards()) {
      QueryBudget budget = QueryBudget.prefetch();
      Optional<ShardMetadata> layout = layouts.shard(block.ulid(), shard, budget);
      if (layout.isEmpty()) {
        continue;
      }
      BlockFile file = layout.get().labels();
      List<ByteRange> ranges = pages(file.metadata());
      long wanted = ranges.stream().mapToLong(ByteRange::length).sum();
      if (bytes + wanted <= left) {
        for (List<ByteRange> piece : pieces(ranges)) {
          reader.fetch(List.of(new RangeReader.FileRanges(file.file(), piece)), budget);
        }
        bytes += wanted;
      }
    }
    return bytes;
  }

  /// Ranges in the order of the file, some at a time.
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

  private static List<ByteRange> pages(ParquetFileMetadata layout) {
    List<ByteRange> out = new ArrayList<>();
    for (ParquetFileMetadata.RowGroup group : layout.rowGroups()) {
      for (ColumnPages c : group.columns().values()) {
        if (c.name().startsWith(BlockSchema.LABEL_PREFIX) || OTHERS.contains(c.name())) {
          c.dictionary().ifPresent(out::add);
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
