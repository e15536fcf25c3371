package io.lamella.storage.block;

import io.lamella.model.Labels;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Metas without blocks, for tests.
public final class SampleMetas {
  private static final long DAY_MILLIS = 86_400_000;
  private static final String SHA_256 = "0123456789abcdef".repeat(4);

  private SampleMetas() {}

  /// @param day counted from the epoch
  public static BlockMeta meta(int day, Ulid... replaces) {
    long start = day * DAY_MILLIS;
    Ulid ulid = Ulid.of(start, new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    BlockMeta.Input input = new BlockMeta.Input(ulid, "0123456789abcdef", 10, 3, 2, 5);
    BlockMeta.Rules rules =
        new BlockMeta.Rules(
            Set.of("replica", "prometheus_replica"), BlockMeta.Dedup.PENALTY, List.of("dc_id"));
    return new BlockMeta(
        ulid,
        BlockMeta.Coverage.raw(
            Labels.of("region", "é\"\\\n", "replica", "ключ"), start, start + DAY_MILLIS),
        new BlockMeta.Lineage(
            List.of(
                new BlockMeta.Source(ulid, start, start + 7_200_000, 10),
                new BlockMeta.Source(
                    new Ulid(ulid.high(), 1), start, start + 1, BlockMeta.Source.UNKNOWN)),
            List.of(input),
            List.of(replaces),
            rules,
            7,
            "lamella 1"),
        new BlockMeta.Structure(
            SortKey.DEFAULT,
            DAY_MILLIS,
            BlockNames.inDigestDirectory(
                List.of(
                    shard(0, 3, List.of("", ""), List.of("é", "1\udc80")),
                    shard(1, 7, List.of("é", "2"), List.of("\ud83d\ude00", ""))))),
        new BlockMeta.Counts(10, 20, Long.MAX_VALUE, start, start + DAY_MILLIS - 1));
  }

  /// Sources and what a block replaces, and nothing else.
  public static BlockMeta.Lineage lineage(List<Ulid> sources, Ulid... replaces) {
    return new BlockMeta.Lineage(
        sources.stream().map(u -> new BlockMeta.Source(u, 0, 1, 1)).toList(),
        List.of(),
        Arrays.asList(replaces),
        BlockMeta.Rules.NONE,
        0,
        "lamella 1");
  }

  /// A shard whose files have no directory yet.
  public static BlockMeta.Shard shard(
      int number, long rows, List<String> firstKey, List<String> lastKey) {
    return new BlockMeta.Shard(
        rows,
        1,
        firstKey,
        lastKey,
        file(BlockNames.labelsFile(number)),
        file(BlockNames.chunksFile(number)),
        new BlockMeta.Manifest(BlockNames.manifest(number), 99, -7, SHA_256));
  }

  /// A shard of one row whose sort key has two labels.
  public static BlockMeta.Shard shard() {
    return shard(0, 1, List.of("", ""), List.of("", ""));
  }

  private static BlockMeta.File file(String name) {
    return new BlockMeta.File(name, 1 << 20, 1 << 19, -1, SHA_256);
  }
}
