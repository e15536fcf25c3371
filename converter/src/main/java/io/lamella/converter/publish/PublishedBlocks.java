package io.lamella.converter.publish;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockMetaJson;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Catalog;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.UncheckedObjectStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What lies in the bucket: published blocks, and files that a killed run left behind. A meta that
/// one listing read is not read again by the next. For one thread.
public final class PublishedBlocks {
  private final ObjectStore store;
  private final Map<ObjectVersion, BlockMeta> read = new HashMap<>();

  public PublishedBlocks(ObjectStore store) {
    this.store = store;
  }

  /// A listing of everything below `blocks/`, by block.
  ///
  /// @param blocks whole ones, by ULID, with the versions of their metas as listed
  /// @param marked those of them that will be deleted
  /// @param debris objects of blocks without a meta
  public record Listing(
      List<Catalog.Entry> blocks, Set<Ulid> marked, Map<Ulid, List<ObjectEntry>> debris) {
    /// Metas of all whole blocks.
    public List<BlockMeta> metas() {
      return blocks.stream().map(Catalog.Entry::meta).toList();
    }

    /// Blocks that readers see; those that others replace are among them.
    public List<Catalog.Entry> visible() {
      return blocks.stream().filter(b -> !marked.contains(b.meta().ulid())).toList();
    }
  }

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
    List<Catalog.Entry> blocks = new ArrayList<>();
    Set<Ulid> marked = new HashSet<>();
    Map<Ulid, List<ObjectEntry>> debris = new TreeMap<>();
    for (Map.Entry<Ulid, List<ObjectEntry>> objects : all.entrySet()) {
      Ulid block = objects.getKey();
      Optional<ObjectVersion> meta = version(BlockNames.meta(block), objects.getValue());
      if (meta.isEmpty()) {
        debris.put(block, objects.getValue());
        continue;
      }
      if (version(BlockNames.deletionMark(block), objects.getValue()).isPresent()) {
        marked.add(block);
      }
      try {
        blocks.add(new Catalog.Entry(meta.get(), meta(block, meta.get())));
      } catch (ObjectStoreException.NotFound e) {
        // Deleted between the listing and now: as if it had not been listed.
      }
    }
    return new Listing(blocks, marked, debris);
  }

  private static Optional<ObjectVersion> version(ObjectKey key, List<ObjectEntry> objects) {
    return objects.stream().filter(e -> e.key().equals(key)).map(ObjectEntry::version).findFirst();
  }

  private BlockMeta meta(Ulid block, ObjectVersion listed) throws IOException {
    BlockMeta known = read.get(listed);
    if (known != null) {
      return known;
    }
    ByteBuffer bytes = store.readAll(listed.key(), BlockMetaJson.MAX_BYTES);
    byte[] json = new byte[bytes.remaining()];
    bytes.get(json);
    BlockMeta meta = BlockMetaJson.read(json, listed.key().name());
    if (!meta.ulid().equals(block)) {
      throw new IOException(
          "cannot list blocks: the meta of "
              + meta.ulid()
              + " lies in another block's place [object="
              + listed.key()
              + "]; remove it");
    }
    if (!listed.etag().isEmpty()) {
      read.put(listed, meta);
    }
    return meta;
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
