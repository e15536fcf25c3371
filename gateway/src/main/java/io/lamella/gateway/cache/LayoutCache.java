package io.lamella.gateway.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lamella.gateway.budget.QueryBudget;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.FileLayout;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Footers and page indexes of files, bounded by the bytes that they took in the files. One ranged
/// read brings a file's in, as its meta says where they begin; it is compared with the meta's
/// checksum before it is believed, and the version that it came from is pinned for every later
/// read.
public final class LayoutCache {
  private final ObjectStore store;
  private final Cache<ObjectKey, BlockFile> cache;

  /// A file that may be read: its version and where everything in it lies.
  public record BlockFile(ObjectVersion version, FileLayout layout) {}

  /// @param maxBytes of footers and page indexes to keep
  public LayoutCache(ObjectStore store, long maxBytes) {
    this.store = store;
    this.cache =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .<ObjectKey, BlockFile>weigher((k, f) ->
                (int)
                    Math.min(
                        Integer.MAX_VALUE,
                        256 + 64L * f.layout().columns().size() * f.layout().rowGroups().size()))
            .build();
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
    return new BlockFile(tail.version(), FileLayout.parse(bytes, file.indexStart(), key.name()));
  }

  private static byte[] array(ByteBuffer b) {
    byte[] out = new byte[b.remaining()];
    b.duplicate().get(out);
    return out;
  }
}
