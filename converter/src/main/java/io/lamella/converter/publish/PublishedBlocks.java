package io.lamella.converter.publish;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockMetaJson;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.UncheckedObjectStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What lies in the bucket: published blocks, and files that a killed run left behind.
public final class PublishedBlocks {
  private final ObjectStore store;

  public PublishedBlocks(ObjectStore store) {
    this.store = store;
  }

  /// A listing of everything below `blocks/`, by block.
  ///
  /// @param metas of whole blocks
  /// @param debris objects of blocks without a meta
  public record Listing(List<BlockMeta> metas, Map<Ulid, List<ObjectEntry>> debris) {}

  public Listing list() throws IOException {
    Map<Ulid, List<ObjectEntry>> all = new TreeMap<>();
    try (Stream<ObjectEntry> entries = store.list(BlockNames.BLOCKS)) {
      entries.forEach(e -> {
        String[] parts = e.key().name().split("/");
        if (parts.length == 3 && Ulid.isUlid(parts[1])) {
          all.computeIfAbsent(Ulid.parse(parts[1]), u -> new ArrayList<>()).add(e);
        }
      });
    } catch (UncheckedObjectStoreException e) {
      throw e.reason();
    }
    List<BlockMeta> metas = new ArrayList<>();
    Map<Ulid, List<ObjectEntry>> debris = new TreeMap<>();
    for (Map.Entry<Ulid, List<ObjectEntry>> block : all.entrySet()) {
      if (block.getValue().stream().noneMatch(e -> e.key().lastSegment().equals(BlockNames.META))) {
        debris.put(block.getKey(), block.getValue());
        continue;
      }
      ObjectKey key = BlockNames.meta(block.getKey());
      try {
        ByteBuffer bytes = store.readAll(key, BlockMetaJson.MAX_BYTES);
        byte[] json = new byte[bytes.remaining()];
        bytes.get(json);
        BlockMeta meta = BlockMetaJson.read(json, key.name());
        if (!meta.ulid().equals(block.getKey())) {
          throw new IOException(
              "cannot list blocks: the meta of "
                  + meta.ulid()
                  + " lies in another block's place [object="
                  + key
                  + "]; remove it");
        }
        metas.add(meta);
      } catch (ObjectStoreException.NotFound e) {
        // Deleted between the listing and now: as if it had not been listed.
      }
    }
    return new Listing(metas, debris);
  }

  /// Removes what killed runs left, unless some of it is younger than `delay`: another run may be
  /// at work on it.
  ///
  /// @return how many objects were removed
  public int removeDebris(Listing listing, Duration delay, Instant now) throws IOException {
    int removed = 0;
    for (List<ObjectEntry> objects : listing.debris().values()) {
      if (objects.stream().allMatch(e -> e.lastModified().plus(delay).isBefore(now))) {
        for (ObjectEntry e : objects) {
          store.delete(e.key());
          removed++;
        }
      }
    }
    return removed;
  }
}
