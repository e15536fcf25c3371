package io.lamella.storage.block;

import io.lamella.storage.object.ObjectKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/// The names of a block's objects: `blocks/<ULID>/meta.json`, and in the directory
/// `blocks/<ULID>/<digest>/` the files of each shard: `<shard>.labels.parquet`,
/// `<shard>.chunks.parquet`, `<shard>.manifest`; and of the catalog of all blocks.
///
/// The digest is that of all files of the block. So two writers whose files differ never write to
/// the same name, and what a meta names is never overwritten by other bytes.
public final class BlockNames {
  /// The prefix of the names of all block objects.
  public static final String BLOCKS = "blocks/";

  /// The first part of the catalog, which has the metas of all blocks: [Catalog].
  public static final ObjectKey CATALOG = catalogPart(0);

  public static final String META = "meta.json";

  /// Marks a block, beside its meta, that will be deleted; readers skip the block.
  public static final String DELETION_MARK = "deletion-mark.json";

  private BlockNames() {}

  /// A part of the catalog, from 0.
  public static ObjectKey catalogPart(int part) {
    return new ObjectKey(part == 0 ? "catalog.json" : "catalog." + part + ".json");
  }

  public static ObjectKey directory(Ulid block) {
    return new ObjectKey(BLOCKS + block);
  }

  public static ObjectKey meta(Ulid block) {
    return directory(block).resolve(META);
  }

  public static ObjectKey deletionMark(Ulid block) {
    return directory(block).resolve(DELETION_MARK);
  }

  /// The name in the digest's directory, as are those below.
  public static String labelsFile(int shard) {
    return shard + ".labels.parquet";
  }

  public static String chunksFile(int shard) {
    return shard + ".chunks.parquet";
  }

  public static String manifest(int shard) {
    return shard + ".manifest";
  }

  /// The part of a file's name after its directory.
  public static String fileName(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  /// The name of the directory of a block's files: 16 hex digits of the SHA-256 over the digests of
  /// all files.
  public static String digest(List<BlockMeta.Shard> shards) {
    MessageDigest all = Digests.newSha256();
    for (BlockMeta.Shard s : shards) {
      for (String each : List.of(s.labels().sha256(), s.chunks().sha256(), s.manifest().sha256())) {
        all.update(each.getBytes(StandardCharsets.US_ASCII));
      }
    }
    return Digests.shortened(all.digest());
  }

  /// The shards with the names that their files have in the block.
  public static List<BlockMeta.Shard> inDigestDirectory(List<BlockMeta.Shard> shards) {
    String directory = digest(shards) + "/";
    return shards.stream().map(s -> s.in(directory)).toList();
  }
}
