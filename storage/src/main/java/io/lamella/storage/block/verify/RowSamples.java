package io.lamella.storage.block.verify;

import io.lamella.model.SampleColumns;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.ChunkRecord;
import io.lamella.storage.block.ValueStatistics;
import io.lamella.storage.block.read.ParquetFileMetadata;
import io.lamella.storage.block.read.ValuePage;
import io.lamella.storage.chunk.ChunkDecoder;
import io.lamella.storage.chunk.ChunkEncoding;
import io.lamella.storage.chunk.CorruptChunkException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Decodes the samples of a chunks file row by row. Each chunk must be valid, have the times that
/// its record states, lie in the time range of its column, and start after the chunk before it.
final class RowSamples {
  /// The maximum read-ahead of all data columns together.
  private static final int READ_AHEAD_BYTES = 8 << 20;

  private final ShardFile file;
  private final BlockMeta meta;
  private final Findings findings;
  private final ValueStatistics[] statistics;
  private final SampleColumns samples = new SampleColumns(4096);
  private List<DataColumnReader> columns = List.of();
  private long firstRow;
  private long chunks;
  private long total;
  private boolean newEncodings;

  RowSamples(ShardFile file, BlockMeta meta, Findings findings) {
    this.file = file;
    this.meta = meta;
    this.findings = findings;
    this.statistics = new ValueStatistics[columns(meta)];
    Arrays.setAll(statistics, _ -> new ValueStatistics());
  }

  /// How many data columns the block has.
  static int columns(BlockMeta meta) {
    return BlockSchema.dataColumns(
        meta.minTimeMillis(), meta.maxTimeMillis() - 1, meta.columnMillis());
  }

  /// Moves to a row group.
  void open(ParquetFileMetadata.RowGroup group) {
    List<DataColumnReader> all = new ArrayList<>();
    for (int c = 0; c < statistics.length; c++) {
      String name = BlockSchema.dataColumn(c);
      ColumnCursor cursor =
          new ColumnCursor(
              file,
              group.column(name).orElseThrow(),
              group.firstRow(),
              READ_AHEAD_BYTES / statistics.length);
      all.add(
          new DataColumnReader(
              new ValueColumnCheck(
                  cursor, file.columnFooter().column(group.number(), name), findings)));
    }
    columns = all;
    firstRow = group.firstRow();
  }

  /// Decodes a row of the row group.
  ///
  /// @return false where some of it cannot be read
  boolean read(int row) throws IOException {
    samples.clear();
    boolean whole = true;
    for (int c = 0; c < columns.size(); c++) {
      statistics[c].clear();
      DataColumnReader column = columns.get(c);
      if (!column.seek(row)) {
        whole = false;
        continue;
      }
      int before = samples.size();
      ValuePage page = column.values();
      int in = column.rowInPage(row);
      try {
        ChunkRecord.forEach(page.bytes(), page.from(in), page.length(in), this::chunk);
      } catch (IOException e) {
        whole = false;
        findings.lose();
        findings.add(
            file.name(),
            column.place() + " row=" + (firstRow + row),
            String.valueOf(e.getMessage()));
        continue;
      }
      times(c, before, column.place() + " row=" + (firstRow + row));
      statistics[c].add(samples, before, samples.size());
    }
    total += samples.size();
    return whole;
  }

  private void chunk(int encoding, long min, long max, byte[] bytes, int from, int length)
      throws CorruptChunkException {
    int before = samples.size();
    ChunkEncoding type = ChunkEncoding.ofId(encoding);
    ChunkDecoder.decode(type, bytes, from, length, samples);
    newEncodings |= !type.isWidelyKnown();
    chunks++;
    if (samples.size() == before
        || samples.times()[before] != min
        || samples.times()[samples.size() - 1] != max) {
      throw new CorruptChunkException("chunk of " + min + ".." + max + " has other times");
    }
  }

  /// Checks that samples ascend and lie in the time range of the column.
  private void times(int column, int from, String place) {
    long start = meta.minTimeMillis() + column * meta.columnMillis();
    long end = Math.min(meta.maxTimeMillis(), start + meta.columnMillis());
    long[] times = samples.times();
    for (int i = from; i < samples.size(); i++) {
      if (times[i] < start || times[i] >= end) {
        findings.add(
            file.name(), place, "sample at " + times[i] + " outside [" + start + ", " + end + ")");
        return;
      }
      if (i > from && times[i] <= times[i - 1]) {
        findings.add(file.name(), place, "sample at " + times[i] + " after " + times[i - 1]);
        return;
      }
    }
  }

  /// The samples of the last row, of all columns; the same buffer each time.
  SampleColumns samples() {
    return samples;
  }

  /// Statistics of these samples, one for each column; the same array each time.
  ValueStatistics[] statistics() {
    return statistics;
  }

  long chunks() {
    return chunks;
  }

  long total() {
    return total;
  }

  boolean newEncodings() {
    return newEncodings;
  }
}
