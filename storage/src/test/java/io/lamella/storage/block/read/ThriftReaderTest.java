package io.lamella.storage.block.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.bytes.Varints;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.parquet.format.BoundaryOrder;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageLocation;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/// A few bytes state a list or a text of many millions: nothing may be allocated for it.
class ThriftReaderTest {
  private static final int LIST_OF_STRUCTURES = 0xFC;
  private static final int MILLIONS = 100_000_000;

  private static byte[] stating(int... fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int b : fields) {
      out.write(b);
    }
    Varints.appendUnsigned(out, MILLIONS);
    out.write(0);
    return out.toByteArray();
  }

  private static void refusedWithoutMemory(Executable read) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThrows(CorruptBlockException.class, read);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated < 10_000_000, allocated + " bytes");
  }

  @Test
  void aFooterWithAListThatIsLongerThanItIsRefused() {
    // Field 1 is a number; field 2, the schema, is a list.
    byte[] footer = stating(0x15, 2, 0x19, LIST_OF_STRUCTURES);
    ByteArrayOutputStream tail = new ByteArrayOutputStream();
    tail.writeBytes(footer);
    tail.writeBytes(new byte[] {(byte) footer.length, 0, 0, 0, 'P', 'A', 'R', '1'});

    refusedWithoutMemory(() -> ParquetFileMetadata.parse(tail.toByteArray(), 4, "blocks/B/x"));
    refusedWithoutMemory(() -> ParquetFileMetadata.indexStart(footer, "blocks/B/x"));
  }

  @Test
  void aPageHeaderWithATextThatIsLongerThanThePageIsRefused() {
    // Field 8, the header of a data page, has in its field 8 the statistics, which begin with a
    // text.
    ByteBuffer page = ByteBuffer.wrap(stating(0x8C, 0x8C, 0x18));

    refusedWithoutMemory(() ->
        PageBytes.data(
            EncodedPage.column(false, 1), page, 1, Encoding.DELTA_BINARY_PACKED, "blocks/B/x"));
  }

  private static ByteArrayInputStream columnIndex(int pages) throws IOException {
    List<ByteBuffer> none = Collections.nCopies(pages, ByteBuffer.allocate(0));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Util.writeColumnIndex(
        new ColumnIndex(Collections.nCopies(pages, false), none, none, BoundaryOrder.UNORDERED),
        out);
    return new ByteArrayInputStream(out.toByteArray());
  }

  /// Each empty bound is one byte there and an object here.
  @Test
  void aStructureThatTakesMoreMemoryThanItMayIsRefused() throws IOException {
    int pages = 10_000;
    int bytes = columnIndex(pages).available();

    assertThrows(
        IOException.class,
        () -> ThriftReader.read(new ColumnIndex(), columnIndex(pages), 20L * bytes));
    ColumnIndex whole =
        ThriftReader.read(
            new ColumnIndex(), columnIndex(pages), (long) ThriftReader.MEMORY_PER_BYTE * bytes);
    assertEquals(pages, whole.getMin_values().size());
  }

  /// A file whose columns all have the page index of the first.
  @Test
  void aPageIndexThatManyColumnsShareIsRefused() throws IOException {
    int pages = 2_000;
    ByteArrayOutputStream tail = new ByteArrayOutputStream();
    tail.writeBytes(columnIndex(pages).readAllBytes());
    int columnIndex = tail.size();
    List<PageLocation> locations = new ArrayList<>();
    for (int i = 0; i < pages; i++) {
      locations.add(new PageLocation(4 + i, 1, i));
    }
    Util.writeOffsetIndex(new OffsetIndex(locations), tail);
    int offsetIndex = tail.size() - columnIndex;
    long start = 4 + pages;
    List<SchemaElement> schema = new ArrayList<>(List.of(new SchemaElement("root")));
    List<ColumnChunk> chunks = new ArrayList<>();
    for (int c = 0; c < 500; c++) {
      schema.add(new SchemaElement("c" + c));
      ColumnChunk chunk = new ColumnChunk(4);
      chunk.setMeta_data(
          new ColumnMetaData(
              Type.BYTE_ARRAY,
              List.of(),
              List.of("c" + c),
              CompressionCodec.ZSTD,
              pages,
              pages,
              pages,
              4));
      chunk.setColumn_index_offset(start);
      chunk.setColumn_index_length(columnIndex);
      chunk.setOffset_index_offset(start + columnIndex);
      chunk.setOffset_index_length(offsetIndex);
      chunks.add(chunk);
    }
    ParquetFooter.append(
        new FileMetaData(2, schema, pages, List.of(new RowGroup(chunks, pages, pages))), tail);

    refusedWithoutMemory(() -> ParquetFileMetadata.parse(tail.toByteArray(), start, "blocks/B/x"));
  }
}
