package io.lamella.gateway.select;

import io.lamella.gateway.cache.ShardMetadataCache.BlockFile;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.read.ParquetFileMetadata;
import java.util.List;

/// Checks that the footers of a shard's two files agree with the block's meta and with each other.
final class ShardMetadataCheck {
  private ShardMetadataCheck() {}

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

  private static void same(long expected, long actual, String what, String object)
      throws CorruptBlockException {
    if (expected != actual) {
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
