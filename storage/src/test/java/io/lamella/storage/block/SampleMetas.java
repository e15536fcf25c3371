package io.lamella.storage.block;

import io.lamella.model.Labels;
import java.util.List;
import java.util.Optional;

/// Metas without blocks, for tests.
public final class SampleMetas {
  private static final long DAY_MILLIS = 86_400_000;

  private SampleMetas() {}

  /// @param day counted from the epoch
  public static BlockMeta meta(int day, Ulid... replaces) {
    long start = day * DAY_MILLIS;
    Ulid ulid = Ulid.of(start, new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    return new BlockMeta(
        ulid,
        BlockMeta.Coverage.raw(
            Labels.of("region", "é\"\\\n", "replica", "ключ"), start, start + DAY_MILLIS),
        new BlockMeta.Lineage(List.of(ulid), List.of(replaces)),
        new BlockMeta.Structure(
            SortKey.DEFAULT,
            DAY_MILLIS,
            List.of(
                new BlockMeta.Shard(
                    3, 1, file(BlockNames.labelsFile(0)), file(BlockNames.chunksFile(0))),
                new BlockMeta.Shard(
                    7,
                    2,
                    file(BlockNames.labelsFile(1)),
                    file(BlockNames.chunksFile(1)),
                    Optional.of(new BlockMeta.Manifest(BlockNames.manifest(1), 99, -7))))),
        new BlockMeta.Counts(10, 20, Long.MAX_VALUE));
  }

  private static BlockMeta.File file(String name) {
    return new BlockMeta.File(name, 1 << 20, 1 << 19, -1, "0123456789abcdef".repeat(4));
  }
}
