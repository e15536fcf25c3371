package io.lamella.gateway.plan;

import io.lamella.model.TimeRange;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.block.read.ParquetFileMetadata;
import io.lamella.storage.object.ByteRange;
import java.util.ArrayList;
import java.util.List;

/// The data columns of one row group whose chunks are read, ascending by number, which is by time.
/// Which of their pages are read depends on the rows that match.
public record ChunkPlan(List<DataColumn> columns) {
  /// Chunk pages of up to so many bytes a row group are fetched together with the labels, even
  /// where the labels may rule their rows out: another round trip costs more.
  static final long MAX_EARLY_BYTES = 256 << 10;

  public static final ChunkPlan NONE = new ChunkPlan(List.of());

  /// A data column and its number.
  public record DataColumn(int number, ColumnPages pages) {}

  public ChunkPlan {
    columns = List.copyOf(columns);
  }

  /// The data columns that overlap the range and are not replaced by statistics.
  ///
  /// @param objectName for messages
  /// @throws CorruptBlockException where a column is missing
  static ChunkPlan of(
      BlockMeta block,
      ParquetFileMetadata.RowGroup group,
      List<StatisticsColumn> statistics,
      TimeRange range,
      String objectName)
      throws CorruptBlockException {
    int count =
        BlockSchema.dataColumns(
            block.minTimeMillis(), block.maxTimeMillis() - 1, block.columnMillis());
    List<DataColumn> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      if (statistics.stream().anyMatch(s -> s.dataColumn() == number)) {
        continue;
      }
      long start = block.minTimeMillis() + i * block.columnMillis();
      if (start <= range.endMillis() && range.startMillis() < start + block.columnMillis()) {
        ColumnPages pages =
            group
                .column(BlockSchema.dataColumn(i))
                .orElseThrow(() ->
                    new CorruptBlockException(
                        "cannot read chunks: no column \""
                            + BlockSchema.dataColumn(number)
                            + "\" [object="
                            + objectName
                            + "]; convert this block again"));
        out.add(new DataColumn(i, pages));
      }
    }
    return new ChunkPlan(out);
  }

  /// The pages that hold a chunk of these rows.
  List<ByteRange> ranges(RowRanges rows) {
    List<ByteRange> out = new ArrayList<>();
    for (DataColumn c : columns) {
      for (int p : BlockPlanner.pagesWithValues(c.pages(), rows)) {
        out.add(c.pages().range(p));
      }
    }
    return out;
  }
}
