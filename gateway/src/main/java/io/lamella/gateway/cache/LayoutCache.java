package io.lamella.gateway.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lamella.gateway.budget.QueryBudget;
import io.lamella.gateway.budget.Tier;
import io.lamella.storage.block.BlockManifest;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.RunDirectory;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.block.read.FileLayout;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is known of shards before their data is asked for, bounded by bytes: by their manifests,
/// one read each, or, where a shard has none, the footer and page indexes of each file, one ranged
/// read each, whose version is pinned for every later read. All is compared with the checksums in
/// the block's meta before it is believed.
public final class LayoutCache {
  private static final Logger LOG = LoggerFactory.getLogger(LayoutCache.class);

  private final ObjectStore store;
  private final PageCache pages;
  private final Cache<ObjectKey, BlockFile> cache;
  private final Cache<ObjectKey, ShardLayout> shards;

  /// A file that may be read: its version and where everything in it lies.
  public record BlockFile(FileVersion file, FileLayout layout) {
    public ObjectVersion version() {
      return file.object();
    }
  }

  /// All that is known of a shard before data is asked for.
  ///
  /// @param weight roughly the bytes that it takes in memory
  public record ShardLayout(BlockFile labels, BlockFile chunks, RunDirectory runs, long weight) {}

  /// @param maxBytes of footers and page indexes to keep
  ///
  /// @param pages whose disk keeps manifests over restarts; in memory they are here, decoded
  public LayoutCache(ObjectStore store, PageCache pages, long maxBytes) {
    this.store = store;
    this.pages = pages;
    this.cache =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .<ObjectKey, BlockFile>weigher(
                (k, f) -> (int) Math.min(Integer.MAX_VALUE, weight(f.layout())))
            .build();
    this.shards =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .<ObjectKey, ShardLayout>weigher(
                (k, s) -> (int) Math.min(Integer.MAX_VALUE, s.weight()))
            .build();
  }

  /// Roughly the bytes that a layout takes in memory: a column is its arrays and its name, a page
  /// is an entry in each of them and two short bounds.
  private static long weight(FileLayout layout) {
    long bytes = 256;
    for (FileLayout.RowGroup group : layout.rowGroups()) {
      for (ColumnPages column : group.columns().values()) {
        bytes += 400 + 96L * column.pages();
      }
    }
    return bytes;
  }

  /// A shard's layouts by its manifest, from memory or by one read; nothing where it has none.
  public Optional<ShardLayout> shard(Ulid block, BlockMeta.Shard shard, QueryBudget budget)
      throws IOException, InterruptedException {
    if (shard.manifest().isEmpty()) {
      return Optional.empty();
    }
    ObjectKey key = BlockNames.directory(block).resolve(shard.manifest().get().name());
    ShardLayout known = shards.getIfPresent(key);
    if (known != null) {
      return Optional.of(known);
    }
    try {
      ShardLayout loaded = manifest(key, block, shard, shard.manifest().get(), budget);
      shards.put(key, loaded);
      return Optional.of(loaded);
    } catch (ObjectStoreException.NotFound e) {
      // The files tell the same, in more reads.
      LOG.warn("no manifest, reading footers [object={}]", key);
      return Optional.empty();
    }
  }

  private ShardLayout manifest(
      ObjectKey key, Ulid block, BlockMeta.Shard shard, BlockMeta.Manifest file, QueryBudget budget)
      throws IOException, InterruptedException {
    budget.reserveReads(1, file.size());
    String digest = String.format("%08x", file.crc32c());
    PageKey page =
        new PageKey(
            new FileVersion(new ObjectVersion(key, file.size(), ""), digest),
            new ByteRange(0, file.size()));
    Optional<ByteBuffer> kept = pages.findOnDisk(page);
    if (kept.isEmpty()) {
      budget.count(file.size());
    } else {
      budget.countCached(Tier.DISK, 1, file.size());
    }
    byte[] bytes = array(kept.isPresent() ? kept.get() : store.read(page.object(), page.range()));
    int checksum = BlockManifest.checksum(bytes);
    if (checksum != file.crc32c()) {
      pages.forget(page);
      throw new CorruptBlockException(
          String.format(
              "cannot read manifest: checksum %08x, expected %08x [object=%s]; convert this block again",
              checksum, file.crc32c(), key));
    }
    if (kept.isEmpty()) {
      pages.putOnDisk(page, ByteBuffer.wrap(bytes));
    }
    BlockManifest m = BlockManifest.decode(bytes, shard, key.name());
    return new ShardLayout(
        opened(block, shard.labels(), m.labelsTail()),
        opened(block, shard.chunks(), m.chunksTail()),
        m.runs(),
        256 + 2L * (m.labelsTail().length + m.chunksTail().length) + m.runs().weight());
  }

  /// A file by its page indexes. Its tag is unknown until it is read; pages have checksums of their
  /// own.
  private static BlockFile opened(Ulid block, BlockMeta.File file, byte[] tail)
      throws CorruptBlockException {
    ObjectKey key = BlockNames.directory(block).resolve(file.name());
    return new BlockFile(
        new FileVersion(new ObjectVersion(key, file.size(), ""), file.sha256()),
        FileLayout.parse(tail, file.indexStart(), key.name()));
  }

  /// The file's layout, from memory or by one read.
  public BlockFile file(Ulid block, BlockMeta.File file, QueryBudget budget) throws IOException {
    ObjectKey key = BlockNames.directory(block).resolve(file.name());
    BlockFile known = cache.getIfPresent(key);
    if (known != null) {
      return known;
    }
    BlockFile loaded = load(key, file, budget);
    cache.put(key, loaded);
    return loaded;
  }

  /// Gives up what is known of an object that proved to be another version now.
  public void forget(ObjectVersion object) {
    cache.asMap().computeIfPresent(object.key(), (k, f) -> f.version().equals(object) ? null : f);
    shards
        .asMap()
        .values()
        .removeIf(s -> s.labels().version().equals(object) || s.chunks().version().equals(object));
  }

  private BlockFile load(ObjectKey key, BlockMeta.File file, QueryBudget budget)
      throws IOException {
    long length = file.size() - file.indexStart();
    if (length > 1 << 30) {
      throw new CorruptBlockException(
          "cannot read footer: " + length + " bytes [object=" + key + "]");
    }
    budget.reserveReads(1, length);
    budget.count(length);
    ObjectStore.Tail tail = store.readTail(key, length);
    if (tail.version().size() != file.size()) {
      throw new CorruptBlockException(
          "cannot read footer: "
              + tail.version().size()
              + " bytes, expected "
              + file.size()
              + " [object="
              + key
              + "]; convert this block again");
    }
    byte[] bytes = array(tail.bytes());
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    if ((int) crc.getValue() != file.indexCrc32c()) {
      throw new CorruptBlockException(
          String.format(
              "cannot read footer: checksum %08x, expected %08x [object=%s range=[%d, %d)]; convert this block again",
              (int) crc.getValue(), file.indexCrc32c(), key, file.indexStart(), file.size()));
    }
    return new BlockFile(
        new FileVersion(tail.version(), file.sha256()),
        FileLayout.parse(bytes, file.indexStart(), key.name()));
  }

  private static byte[] array(ByteBuffer b) {
    byte[] out = new byte[b.remaining()];
    b.duplicate().get(out);
    return out;
  }
}
