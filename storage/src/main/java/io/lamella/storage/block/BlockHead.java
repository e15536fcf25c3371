package io.lamella.storage.block;

import java.util.List;

/// What a block's meta says besides its files. Each file of the block has it in its key/value
/// metadata, so that a lost meta can be made again from the files.
public record BlockHead(
    Ulid ulid,
    BlockMeta.Coverage coverage,
    BlockMeta.Lineage lineage,
    SortKey sortKey,
    long columnMillis,
    BlockMeta.Counts counts) {
  public static BlockHead of(BlockMeta meta) {
    return new BlockHead(
        meta.ulid(),
        meta.coverage(),
        meta.lineage(),
        meta.sortKey(),
        meta.columnMillis(),
        meta.counts());
  }

  /// The whole meta.
  public BlockMeta with(List<BlockMeta.Shard> shards) {
    return new BlockMeta(
        ulid, coverage, lineage, new BlockMeta.Structure(sortKey, columnMillis, shards), counts);
  }
}
