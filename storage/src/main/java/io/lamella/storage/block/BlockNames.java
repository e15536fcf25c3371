package io.lamella.storage.block;

import io.lamella.storage.object.ObjectKey;

/// The names of a block's objects: `blocks/<ULID>/meta.json`, `<shard>.labels.parquet`,
/// `<shard>.chunks.parquet`, `<shard>.manifest`; and of the catalog of all blocks.
public final class BlockNames {
  /// The prefix of the names of all block objects.
  public static final String BLOCKS = "blocks/";

  /// The catalog file with the metas of all blocks, [Catalog].
  public static final ObjectKey CATALOG = new ObjectKey("catalog.json");

  public static final String META = "meta.json";

  /// Marks a block, beside its meta, that will be deleted; readers skip the block.
  public static final String DELETION_MARK = "deletion-mark.json";

  private BlockNames() {}

  public static ObjectKey directory(Ulid block) {
    return new ObjectKey(BLOCKS + block);
  }

  public static ObjectKey meta(Ulid block) {
    return directory(block).resolve(META);
  }

  public static ObjectKey deletionMark(Ulid block) {
    return directory(block).resolve(DELETION_MARK);
  }

  public static String labelsFile(int shard) {
    return shard + ".labels.parquet";
  }

  public static String chunksFile(int shard) {
    return shard + ".chunks.parquet";
  }

  public static String manifest(int shard) {
    return shard + ".manifest";
  }
}
