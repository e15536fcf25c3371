package io.lamella.gateway.plan;

import io.lamella.model.Labels;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.SampleMetas;
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
        SampleMetas.lineage(List.of(ulid)),
        new BlockMeta.Structure(
            SortKey.DEFAULT, RandomShard.COLUMN_MILLIS, List.of(SampleMetas.shard())),
        new BlockMeta.Counts(1, 1, 1, startMillis, startMillis));
  }
}
