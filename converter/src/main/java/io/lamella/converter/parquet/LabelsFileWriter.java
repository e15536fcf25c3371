package io.lamella.converter.parquet;

import com.github.luben.zstd.ZstdCompressCtx;
import io.lamella.model.LabelsBuilder;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.ColumnNumbers;
import io.lamella.storage.block.SeriesHash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForLong;
import org.apache.parquet.column.values.deltalengthbytearray.DeltaLengthByteArrayValuesWriter;
import org.apache.parquet.column.values.deltastrings.DeltaByteArrayWriter;
import org.apache.parquet.io.api.Binary;

/// Writes `<shard>.labels.parquet` from the rows of a whole shard, row group by row group and in
/// each column by column. Every page of every column ends at the same rows.
final class LabelsFileWriter implements AutoCloseable {
  private static final int SLAB = 1 << 10;

  private final Symbols symbols;
  private final BufferedRows rows;
  private final List<RowNumber> numbers;
  private final int[] names;
  private final int[] columnOf;
  private final PageFileWriter file;
  private final ZstdCompressCtx zstd;

  private LabelsFileWriter(
      Symbols symbols,
      BufferedRows rows,
      List<RowNumber> numbers,
      int[] names,
      PageFileWriter file,
      ZstdCompressCtx zstd) {
    this.symbols = symbols;
    this.rows = rows;
    this.numbers = numbers;
    this.names = names;
    this.file = file;
    this.zstd = zstd;
    this.columnOf = new int[names.length == 0 ? 0 : names[names.length - 1] + 1];
    for (int c = 0; c < names.length; c++) {
      columnOf[names[c]] = c;
    }
  }

  /// The rows and what is known of their columns.
  ///
  /// @param names symbol numbers of all label names that occur
  record ShardRows(Symbols symbols, BufferedRows rows, List<RowNumber> numbers, BitSet names) {}

  static LabelsFileWriter create(Path path, ShardRows shard, List<String> sortLabels, int zstdLevel)
      throws IOException {
    int[] names = shard.names().stream().toArray();
    List<Column> columns = new ArrayList<>();
    for (int name : names) {
      columns.add(
          new Column(BlockSchema.labelColumn(shard.symbols().value(name)), ColumnKind.LABEL));
    }
    columns.add(new Column(BlockSchema.COLUMN_NUMBERS, ColumnKind.NUMBERS));
    shard.numbers().forEach(n -> columns.add(new Column(n.name(), n.kind())));
    columns.add(new Column(BlockSchema.SERIES_HASH, ColumnKind.HASH));
    List<String> sortedBy = sortLabels.stream().map(BlockSchema::labelColumn).toList();
    PageFileWriter file = PageFileWriter.create(path, columns, sortedBy);
    ZstdCompressCtx zstd = new ZstdCompressCtx().setLevel(zstdLevel);
    return new LabelsFileWriter(shard.symbols(), shard.rows(), shard.numbers(), names, file, zstd);
  }

  /// Writes rows `[from, end)` as a row group.
  ///
  /// @param pageEnds the rows after the last row of each page, ascending; the last is `end`
  void rowGroup(int from, int end, List<Integer> pageEnds) throws IOException {
    LabelColumns labels = LabelColumns.of(rows, from, end, columnOf, names.length);
    int[] ends = pageEnds.stream().mapToInt(e -> e - from).toArray();
    List<ColumnChunkBuilder> written = new ArrayList<>();
    for (int i = 0; i < file.columns().size(); i++) {
      Column column = file.columns().get(i);
      ColumnChunkBuilder chunk = new ColumnChunkBuilder(column, file.sink(), zstd);
      switch (column.kind()) {
        case LABEL -> new LabelChunk(symbols, labels, i, ends).write(chunk);
        case NUMBERS ->
            bytes(
                chunk,
                new DeltaByteArrayWriter(SLAB, 1 << 20, new HeapByteBufferAllocator()),
                ends,
                r -> numbers(from + r));
        case HASH ->
            bytes(
                chunk,
                new DeltaLengthByteArrayValuesWriter(SLAB, 1 << 20, new HeapByteBufferAllocator()),
                ends,
                r -> hash(from + r));
        case COUNT, TIME -> integers(chunk, i - names.length - 1, from, ends);
        case VALUE -> floats(chunk, i - names.length - 1, from, ends);
        case CHUNKS -> throw new IllegalStateException("no chunks in a labels file");
      }
      written.add(chunk);
    }
    file.endRowGroup(end - from, written);
  }

  @FunctionalInterface
  private interface RowValue {
    byte[] of(int row);
  }

  private static void bytes(
      ColumnChunkBuilder chunk, ValuesWriter writer, int[] ends, RowValue value)
      throws IOException {
    try (writer) {
      int from = 0;
      for (int end : ends) {
        for (int r = from; r < end; r++) {
          writer.writeBytes(Binary.fromConstantByteArray(value.of(r)));
        }
        chunk.dataPage(
            end - from, 0, new byte[0], ColumnChunkBuilder.bytes(writer.getBytes()), null, null);
        writer.reset();
        from = end;
      }
    }
  }

  private byte[] numbers(int row) {
    int start = rows.start(row);
    int[] columns = new int[(rows.start(row + 1) - start) / 2];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = columnOf[rows.symbol(start + 2 * i)];
    }
    return ColumnNumbers.encode(columns);
  }

  private byte[] hash(int row) {
    int[] pairs = rows.labels(row);
    LabelsBuilder labels = new LabelsBuilder(pairs.length / 2);
    for (int i = 0; i < pairs.length; i += 2) {
      labels.add(symbols.value(pairs[i]), symbols.value(pairs[i + 1]));
    }
    return ByteBuffer.allocate(8).putLong(SeriesHash.of(labels.build())).array();
  }

  /// @param which of `numbers`
  private void integers(ColumnChunkBuilder chunk, int which, int first, int[] ends)
      throws IOException {
    int from = 0;
    for (int end : ends) {
      try (DeltaBinaryPackingValuesWriterForLong writer =
          new DeltaBinaryPackingValuesWriterForLong(SLAB, 1 << 20, new HeapByteBufferAllocator())) {
        long min = Long.MAX_VALUE;
        long max = Long.MIN_VALUE;
        for (int r = from; r < end; r++) {
          long n = rows.number(first + r, which);
          writer.writeLong(n);
          min = Math.min(min, n);
          max = Math.max(max, n);
        }
        chunk.dataPage(
            end - from,
            0,
            new byte[0],
            ColumnChunkBuilder.bytes(writer.getBytes()),
            ColumnChunkBuilder.littleEndian(min),
            ColumnChunkBuilder.littleEndian(max));
      }
      from = end;
    }
  }

  /// Floats in BYTE_STREAM_SPLIT: first the lowest byte of each, then the second of each … Bounds
  /// follow Parquet's rule for signed zeros: a bound of zero is −0 as minimum and 0 as maximum.
  /// None of these columns has a NaN.
  private void floats(ColumnChunkBuilder chunk, int which, int first, int[] ends)
      throws IOException {
    int from = 0;
    for (int end : ends) {
      int n = end - from;
      byte[] body = new byte[8 * n];
      double min = Double.POSITIVE_INFINITY;
      double max = Double.NEGATIVE_INFINITY;
      for (int r = 0; r < n; r++) {
        long bits = rows.number(first + from + r, which);
        for (int b = 0; b < 8; b++) {
          body[b * n + r] = (byte) (bits >>> 8 * b);
        }
        double v = Double.longBitsToDouble(bits);
        min = Math.min(min, v);
        max = Math.max(max, v);
      }
      chunk.dataPage(
          n,
          0,
          new byte[0],
          body,
          ColumnChunkBuilder.littleEndian(Double.doubleToRawLongBits(min == 0 ? -0.0 : min)),
          ColumnChunkBuilder.littleEndian(Double.doubleToRawLongBits(max == 0 ? 0.0 : max)));
      from = end;
    }
  }

  /// The file, which the caller finishes and closes.
  PageFileWriter file() {
    return file;
  }

  /// Ends the pages. The file stays open; page indexes and footer follow with [#file].
  @Override
  public void close() {
    zstd.close();
  }
}
