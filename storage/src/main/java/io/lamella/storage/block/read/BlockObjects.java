package io.lamella.storage.block.read;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectVersion;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// The versions of a block's objects, so that a read of a file returns the bytes that were listed
/// or fails. Immutable.
///
/// @param etags by the object's name in the block's directory; none where the store states none
/// @param prefix of the keys of all objects, with a slash at its end; empty for none
public record BlockObjects(Ulid block, Map<String, String> etags, String prefix) {
  public BlockObjects {
    etags = Map.copyOf(etags);
  }

  private BlockObjects(Ulid block, Map<String, String> etags) {
    this(block, etags, "");
  }

  /// A block whose objects were not listed, so that no ETag is known.
  public static BlockObjects unlisted(Ulid block) {
    return new BlockObjects(block, Map.of());
  }

  /// The files that a meta names, as a listing of the block's directory returned them.
  static BlockObjects of(BlockMeta meta, Collection<ObjectEntry> listed) {
    Map<ObjectKey, String> all = new HashMap<>();
    listed.forEach(e -> all.put(e.key(), e.version().etag()));
    Map<String, String> etags = new HashMap<>();
    for (BlockMeta.Shard s : meta.shards()) {
      add(meta.ulid(), s.labels().name(), all, etags);
      add(meta.ulid(), s.chunks().name(), all, etags);
      add(meta.ulid(), s.manifest().name(), all, etags);
    }
    return new BlockObjects(meta.ulid(), etags);
  }

  private static void add(
      Ulid block, String name, Map<ObjectKey, String> listed, Map<String, String> etags) {
    String etag = listed.getOrDefault(BlockNames.directory(block).resolve(name), "");
    if (!etag.isEmpty()) {
      etags.put(name, etag);
    }
  }

  /// The same objects as a store names them in which they are below a prefix.
  ///
  /// @param path with a slash at its end; empty for none
  public BlockObjects below(String path) {
    return new BlockObjects(block, etags, path + prefix);
  }

  /// The directory of the block.
  public ObjectKey directory() {
    return new ObjectKey(prefix + BlockNames.directory(block).name());
  }

  /// The version of a file: its size by the meta, its ETag by the listing.
  public ObjectVersion version(String name, long size) {
    return new ObjectVersion(directory().resolve(name), size, etags.getOrDefault(name, ""));
  }
}
