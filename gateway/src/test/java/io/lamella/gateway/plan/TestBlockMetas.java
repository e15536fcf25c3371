package io.lamella.gateway.plan;

import io.lamella.model.Labels;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.SortKey;
import io.lamella.storage.block.Ulid;
import java.util.List;

/// Metas of blocks that have no files.
final class TestBlockMetas {
  private TestBlockMetas() {}

  /// A block of `[startMillis, endMillis)` with data columns of [RandomShard#COLUMN_MILLIS].
  static BlockMeta block(long startMillis, long endMillis, Labels external) {
    Ulid ulid = Ulid.of(startMillis, new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, (byte) endMillis});
    return new BlockMeta(
        ulid,
        BlockMeta.Coverage.raw(external, startMillis, endMillis),
        new BlockMeta.Lineage(List.of(ulid), List.of()),
        new BlockMeta.Structure(
            SortKey.DEFAULT,
            RandomShard.COLUMN_MILLIS,
            List.of(new BlockMeta.Shard(1, 1, file("0.labels.parquet"), file("0.chunks.parquet")))),
        new BlockMeta.Counts(1, 1, 1));
  }

  private static BlockMeta.File file(String name) {
    return new BlockMeta.File(name, 1 << 20, 1 << 19, -1, "0123456789abcdef".repeat(4));
  }
}
