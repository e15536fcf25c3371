package io.lamella.converter.parquet;

import io.lamella.model.Utf8Order;
import io.lamella.storage.block.read.BloomFilter;
import io.lamella.storage.bytes.Varints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;

/// Encodes one label column of a row group: a sorted dictionary, then pages of codes.
final class LabelChunk {
  private static final int SLAB = 1 << 10;

  /// A reader of one value would read this much in vain of each other row group.
  private static final int FILTERED_DICTIONARY_BYTES = 16 << 10;

  private final Symbols symbols;
  private final LabelColumns labels;
  private final int start;
  private final int end;
  private final int[] pageEnds;

  LabelChunk(Symbols symbols, LabelColumns labels, int column, int[] pageEnds) {
    this.symbols = symbols;
    this.labels = labels;
    this.start = labels.start(column);
    this.end = labels.start(column + 1);
    this.pageEnds = pageEnds;
  }

  void write(ColumnChunkBuilder chunk) throws IOException {
    // Symbol numbers are in value order, so the dictionary is sorted.
    int[] distinct = new int[end - start];
    for (int i = 0; i < distinct.length; i++) {
      distinct[i] = labels.value(start + i);
    }
    distinct = distinct(distinct);
    byte[][] encoded = dictionary(chunk, distinct);
    int width = Math.max(1, 32 - Integer.numberOfLeadingZeros(Math.max(0, distinct.length - 1)));
    int from = 0;
    int next = start;
    for (int pageEnd : pageEnds) {
      int stop = next;
      while (stop < end && labels.row(stop) < pageEnd) {
        stop++;
      }
      if (stop == next) {
        chunk.dataPage(
            pageEnd - from,
            pageEnd - from,
            absent(pageEnd - from),
            // DuckDB reads the width of the codes even where there is none.
            new byte[] {(byte) width},
            null,
            null);
      } else {
        page(chunk, from, pageEnd, next, stop, distinct, width, encoded);
      }
      next = stop;
      from = pageEnd;
    }
  }

  private static int[] distinct(int[] values) {
    Arrays.sort(values);
    int n = 0;
    for (int i = 0; i < values.length; i++) {
      if (i == 0 || values[i] != values[i - 1]) {
        values[n++] = values[i];
      }
    }
    return Arrays.copyOf(values, n);
  }

  private byte[][] dictionary(ColumnChunkBuilder chunk, int[] distinct) throws IOException {
    byte[][] encoded = new byte[distinct.length][];
    int length = 0;
    for (int i = 0; i < distinct.length; i++) {
      encoded[i] = Utf8Order.encode(symbols.value(distinct[i]));
      length = Math.addExact(length, 4 + encoded[i].length);
    }
    ByteBuffer dictionary = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    for (byte[] v : encoded) {
      dictionary.putInt(v.length).put(v);
    }
    chunk.dictionaryPage(dictionary.array(), distinct.length);
    if (length >= FILTERED_DICTIONARY_BYTES) {
      chunk.filter(BloomFilter.of(encoded));
    }
    return encoded;
  }

  /// The levels of rows without the label: one run of zeros.
  private static byte[] absent(int rows) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(6);
    Varints.appendUnsigned(out, (long) rows << 1);
    out.write(0);
    return out.toByteArray();
  }

  /// @param from the first row of the page, `pageEnd` the row after its last
  /// @param next the position of its first value, `stop` that after its last
  private void page(
      ColumnChunkBuilder chunk,
      int from,
      int pageEnd,
      int next,
      int stop,
      int[] distinct,
      int width,
      byte[][] encoded)
      throws IOException {
    try (RunLengthBitPackingHybridEncoder levels = hybrid(1);
        RunLengthBitPackingHybridEncoder codes = hybrid(width)) {
      int min = Integer.MAX_VALUE;
      int max = -1;
      int at = next;
      int lastValue = -1;
      int code = -1;
      for (int r = from; r < pageEnd; r++) {
        if (at == stop || labels.row(at) != r) {
          levels.writeInt(0);
          continue;
        }
        levels.writeInt(1);
        if (labels.value(at) != lastValue) {
          lastValue = labels.value(at);
          code = Arrays.binarySearch(distinct, lastValue);
          min = Math.min(min, code);
          max = Math.max(max, code);
        }
        codes.writeInt(code);
        at++;
      }
      chunk.dataPage(
          pageEnd - from,
          pageEnd - from - (stop - next),
          ColumnChunkBuilder.bytes(levels.toBytes()),
          ColumnChunkBuilder.bytes(
              BytesInput.concat(BytesInput.from(new byte[] {(byte) width}), codes.toBytes())),
          encoded[min],
          encoded[max]);
    }
  }

  private static RunLengthBitPackingHybridEncoder hybrid(int width) {
    return new RunLengthBitPackingHybridEncoder(
        width, SLAB, 1 << 20, new HeapByteBufferAllocator());
  }
}
