package io.lamella.converter.parquet;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.Utf8Order;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.ColumnNumbers;
import io.lamella.storage.block.SeriesHash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForLong;
import org.apache.parquet.column.values.deltalengthbytearray.DeltaLengthByteArrayValuesWriter;
import org.apache.parquet.column.values.deltastrings.DeltaByteArrayWriter;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.apache.parquet.io.api.Binary;

/// Writes `<shard>.labels.parquet`: rows are collected for one row group as symbol numbers and then
/// written column by column. Every page of every column ends at the same rows, at the end of a run
/// of the sort key.
final class LabelsFileWriter implements AutoCloseable {
  private static final int SLAB = 1 << 10;

  private final Symbols symbols;
  private final WriteSettings settings;
  private final int[] names;
  private final PageFileWriter file;
  private final List<Column> columns;
  private final List<int[]> rows = new ArrayList<>();
  private final List<RowNumber> numbers;
  private final List<long[]> rowNumbers = new ArrayList<>();
  private final List<Integer> pageEnds = new ArrayList<>();
  private int pageStart;

  private LabelsFileWriter(
      Symbols symbols,
      WriteSettings settings,
      int[] names,
      PageFileWriter file,
      List<Column> columns,
      List<RowNumber> numbers) {
    this.numbers = numbers;
    this.symbols = symbols;
    this.settings = settings;
    this.names = names;
    this.file = file;
    this.columns = columns;
  }

  /// @param names symbol numbers of all label names that will occur, ascending
  /// @param dataColumns of the chunks file beside it
  static LabelsFileWriter create(
      Path path,
      Symbols symbols,
      WriteSettings settings,
      int[] names,
      int dataColumns,
      List<String> sortLabels,
      Map<String, String> keyValues)
      throws IOException {
    List<Column> columns = new ArrayList<>();
    for (int name : names) {
      columns.add(new Column(BlockSchema.labelColumn(symbols.value(name)), ColumnKind.LABEL));
    }
    columns.add(new Column(BlockSchema.COLUMN_NUMBERS, ColumnKind.NUMBERS));
    List<RowNumber> numbers = RowNumber.columns(dataColumns);
    numbers.forEach(n -> columns.add(new Column(n.name(), ColumnKind.NUMBER)));
    columns.add(new Column(BlockSchema.SERIES_HASH, ColumnKind.HASH));
    List<String> sortedBy = sortLabels.stream().map(BlockSchema::labelColumn).toList();
    return new LabelsFileWriter(
        symbols,
        settings,
        names,
        PageFileWriter.create(path, columns, keyValues, sortedBy),
        columns,
        numbers);
  }

  void add(SeriesRow row) {
    rows.add(row.labels.clone());
    rowNumbers.add(numbers.stream().mapToLong(n -> n.of(row)).toArray());
  }

  /// Marks the row added last as the end of a run of the sort key.
  void endRun() {
    if (rows.size() - pageStart >= settings.labelPageRows()) {
      endPage();
    }
  }

  private void endPage() {
    if (rows.size() > pageStart) {
      pageEnds.add(rows.size());
      pageStart = rows.size();
    }
  }

  void endRowGroup() throws IOException {
    endPage();
    List<ColumnChunkBuilder> written = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      ColumnChunkBuilder chunk =
          new ColumnChunkBuilder(columns.get(i), file.sink(), settings.zstdLevel());
      switch (columns.get(i).kind()) {
        case LABEL -> labelColumn(chunk, i);
        case NUMBERS ->
            plainColumn(
                chunk,
                new DeltaByteArrayWriter(SLAB, 1 << 20, new HeapByteBufferAllocator()),
                this::numbers);
        case HASH ->
            plainColumn(
                chunk,
                new DeltaLengthByteArrayValuesWriter(SLAB, 1 << 20, new HeapByteBufferAllocator()),
                this::hash);
        case NUMBER -> numberColumn(chunk, i - names.length - 1);
        case CHUNKS -> throw new IllegalStateException("no chunks in a labels file");
      }
      written.add(chunk);
    }
    file.endRowGroup(rows.size(), written);
    rows.clear();
    rowNumbers.clear();
    pageEnds.clear();
    pageStart = 0;
  }

  /// The value's symbol number in each row of the group, −1 where the row lacks the label.
  private int[] values(int name) {
    int[] out = new int[rows.size()];
    for (int r = 0; r < out.length; r++) {
      int[] labels = rows.get(r);
      out[r] = -1;
      for (int i = 0; i < labels.length; i += 2) {
        if (labels[i] == name) {
          out[r] = labels[i + 1];
          break;
        }
      }
    }
    return out;
  }

  private void labelColumn(ColumnChunkBuilder chunk, int column) throws IOException {
    int[] values = values(names[column]);
    // Symbol numbers are in value order, so the dictionary is sorted.
    int[] distinct = Arrays.stream(values).filter(v -> v >= 0).sorted().distinct().toArray();
    byte[][] encoded = new byte[distinct.length][];
    int length = 0;
    for (int i = 0; i < distinct.length; i++) {
      encoded[i] = Utf8Order.encode(symbols.value(distinct[i]));
      length += 4 + encoded[i].length;
    }
    ByteBuffer dictionary = ByteBuffer.allocate(length).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    for (byte[] v : encoded) {
      dictionary.putInt(v.length).put(v);
    }
    chunk.dictionaryPage(dictionary.array(), distinct.length);
    int width = Math.max(1, 32 - Integer.numberOfLeadingZeros(Math.max(0, distinct.length - 1)));
    int from = 0;
    for (int end : pageEnds) {
      try (RunLengthBitPackingHybridEncoder levels = hybrid(1);
          RunLengthBitPackingHybridEncoder codes = hybrid(width)) {
        int min = Integer.MAX_VALUE;
        int max = -1;
        int nulls = 0;
        for (int r = from; r < end; r++) {
          if (values[r] < 0) {
            levels.writeInt(0);
            nulls++;
          } else {
            levels.writeInt(1);
            int code = Arrays.binarySearch(distinct, values[r]);
            codes.writeInt(code);
            min = Math.min(min, code);
            max = Math.max(max, code);
          }
        }
        byte[] body =
            max < 0
                ? new byte[0]
                : ColumnChunkBuilder.bytes(
                    BytesInput.concat(BytesInput.from(new byte[] {(byte) width}), codes.toBytes()));
        chunk.dataPage(
            end - from,
            nulls,
            ColumnChunkBuilder.bytes(levels.toBytes()),
            body,
            max < 0 ? null : encoded[min],
            max < 0 ? null : encoded[max]);
      }
      from = end;
    }
  }

  private static RunLengthBitPackingHybridEncoder hybrid(int width) {
    return new RunLengthBitPackingHybridEncoder(
        width, SLAB, 1 << 20, new HeapByteBufferAllocator());
  }

  @FunctionalInterface
  private interface RowValue {
    byte[] of(int row);
  }

  private void plainColumn(ColumnChunkBuilder chunk, ValuesWriter writer, RowValue value)
      throws IOException {
    int from = 0;
    for (int end : pageEnds) {
      for (int r = from; r < end; r++) {
        writer.writeBytes(Binary.fromConstantByteArray(value.of(r)));
      }
      chunk.dataPage(
          end - from, 0, new byte[0], ColumnChunkBuilder.bytes(writer.getBytes()), null, null);
      writer.reset();
      from = end;
    }
    writer.close();
  }

  private byte[] numbers(int row) {
    int[] labels = rows.get(row);
    int[] numbers = new int[labels.length / 2];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Arrays.binarySearch(names, labels[2 * i]);
    }
    return ColumnNumbers.encode(numbers);
  }

  private byte[] hash(int row) {
    int[] pairs = rows.get(row);
    LabelsBuilder labels = new LabelsBuilder(pairs.length / 2);
    for (int i = 0; i < pairs.length; i += 2) {
      labels.add(symbols.value(pairs[i]), symbols.value(pairs[i + 1]));
    }
    Labels built = labels.build();
    return ByteBuffer.allocate(8).putLong(SeriesHash.of(built)).array();
  }

  /// @param which of `numbers`
  private void numberColumn(ColumnChunkBuilder chunk, int which) throws IOException {
    int from = 0;
    for (int end : pageEnds) {
      try (DeltaBinaryPackingValuesWriterForLong writer =
          new DeltaBinaryPackingValuesWriterForLong(SLAB, 1 << 20, new HeapByteBufferAllocator())) {
        long min = Long.MAX_VALUE;
        long max = Long.MIN_VALUE;
        for (int r = from; r < end; r++) {
          long n = rowNumbers.get(r)[which];
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

  PageFileWriter.Finished finish() throws IOException {
    return file.finish();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
