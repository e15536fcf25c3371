package io.lamella.gateway.select;

import io.lamella.gateway.cache.ShardMetadataCache.BlockFile;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.RunDirectory;
import io.lamella.storage.block.read.ParquetFileMetadata;
import java.util.List;

/// Checks that the metadata of a shard agrees with the block's meta: the directory of runs, and the
/// footers of the two files, which must agree with each other, too.
final class ShardMetadataCheck {
  private ShardMetadataCheck() {}

  /// By the sort key and the first and last value of it that the meta states, shards are left out
  /// before they are opened. So a wrong statement would hide series.
  static void keys(BlockMeta block, BlockMeta.Shard shard, RunDirectory runs)
      throws CorruptBlockException {
    String name = BlockNames.directory(block.ulid()).resolve(shard.manifest().name()).name();
    same(block.sortKey().labels(), runs.labels(), "sort key", name);
    same(shard.firstKey(), runs.key(0), "first value of the sort key", name);
    same(shard.lastKey(), runs.key(runs.runs() - 1), "last value of the sort key", name);
    // Runs without a sample in any data column of the directory are left out.
    same(
        BlockSchema.dataColumns(
            block.minTimeMillis(), block.maxTimeMillis() - 1, block.columnMillis()),
        runs.dataColumns(),
        "data columns",
        name);
  }

  static void check(BlockMeta block, BlockMeta.Shard shard, List<BlockFile> files)
      throws CorruptBlockException {
    for (BlockFile f : files) {
      ParquetFileMetadata metadata = f.metadata();
      String name = f.version().key().name();
      same(shard.rows(), metadata.rows(), "rows", name);
      same(shard.rowGroups(), metadata.rowGroups().size(), "row groups", name);
      same(
          block.minTimeMillis(),
          metadata.number(BlockSchema.MIN_TIME_KEY),
          BlockSchema.MIN_TIME_KEY,
          name);
      same(
          block.maxTimeMillis() - 1,
          metadata.number(BlockSchema.MAX_TIME_KEY),
          BlockSchema.MAX_TIME_KEY,
          name);
      same(
          block.columnMillis(),
          metadata.number(BlockSchema.COLUMN_DURATION_KEY),
          BlockSchema.COLUMN_DURATION_KEY,
          name);
    }
    ParquetFileMetadata first = files.getFirst().metadata();
    ParquetFileMetadata last = files.getLast().metadata();
    for (int g = 0; g < first.rowGroups().size(); g++) {
      same(
          first.rowGroups().get(g).rows(),
          last.rowGroups().get(g).rows(),
          "rows of row group " + g,
          files.getLast().version().key().name());
    }
  }

  private static <T> void same(T expected, T actual, String what, String object)
      throws CorruptBlockException {
    if (!expected.equals(actual)) {
      throw new CorruptBlockException(
          "cannot open block: "
              + what
              + " "
              + actual
              + ", expected "
              + expected
              + " [object="
              + object
              + "]; convert this block again");
    }
  }
}
