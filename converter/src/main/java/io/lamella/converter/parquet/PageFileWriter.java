package io.lamella.converter.parquet;

import io.lamella.storage.BuildVersion;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Digests;
import io.lamella.storage.block.read.BloomFilter;
import io.lamella.storage.block.read.ParquetFooter;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.ColumnOrder;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.SortingColumn;
import org.apache.parquet.format.TypeDefinedOrder;
import org.apache.parquet.format.Util;

/// Writes one Parquet file: the pages, then Bloom filters, all column indexes, all offset indexes
/// and the footer. Within a row group the columns are written one after another in their order; the
/// caller buffers the later columns.
final class PageFileWriter implements AutoCloseable {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
  private static final String CREATED_BY = "lamella version " + BuildVersion.NUMBER + " (build 1)";

  private final List<Column> columns;
  private final List<SortingColumn> sorting;
  private final OutputStream out;
  private final MessageDigest digest;
  private final List<RowGroup> groups = new ArrayList<>();
  private final List<ColumnChunkBuilder> chunks = new ArrayList<>();
  private final List<ColumnChunk> written = new ArrayList<>();
  private long position;
  private long rows;

  private PageFileWriter(
      List<Column> columns, List<SortingColumn> sorting, OutputStream out, MessageDigest digest) {
    this.columns = columns;
    this.sorting = sorting;
    this.out = out;
    this.digest = digest;
  }

  /// @param sortedBy names of columns that the rows are sorted by, ascending, nulls first; those
  ///   that the file lacks are left out
  static PageFileWriter create(Path file, List<Column> columns, List<String> sortedBy)
      throws IOException {
    List<String> names = columns.stream().map(Column::name).toList();
    List<SortingColumn> sorting =
        sortedBy.stream()
            .filter(names::contains)
            .map(n -> new SortingColumn(names.indexOf(n), false, true))
            .toList();
    MessageDigest digest = Digests.newSha256();
    OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
    PageFileWriter writer = new PageFileWriter(columns, sorting, out, digest);
    writer.sink().write(MAGIC);
    return writer;
  }

  List<Column> columns() {
    return columns;
  }

  /// How many bytes have been written.
  long bytes() {
    return position;
  }

  /// Receives the pages of the current column.
  OutputStream sink() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] b, int from, int length) throws IOException {
        out.write(b, from, length);
        digest.update(b, from, length);
        position += length;
      }
    };
  }

  /// Ends a row group whose columns have been written to [#sink] in this order.
  void endRowGroup(int groupRows, List<ColumnChunkBuilder> builders) {
    long total = builders.stream().mapToLong(ColumnChunkBuilder::bytes).sum();
    long uncompressed = builders.stream().mapToLong(ColumnChunkBuilder::uncompressedBytes).sum();
    long at = position - total;
    RowGroup group = new RowGroup(new ArrayList<>(), uncompressed, groupRows);
    group.setFile_offset(at);
    group.setTotal_compressed_size(total);
    group.setOrdinal((short) groups.size());
    if (!sorting.isEmpty()) {
      group.setSorting_columns(sorting);
    }
    for (ColumnChunkBuilder c : builders) {
      c.placeAt(at);
      // The offset is deprecated: 0, as the Parquet format asks of writers.
      ColumnChunk chunk = new ColumnChunk(0);
      chunk.setMeta_data(c.metaData());
      group.addToColumns(chunk);
      written.add(chunk);
      at += c.bytes();
    }
    groups.add(group);
    chunks.addAll(builders);
    rows += groupRows;
  }

  /// A complete file.
  static final class Finished {
    private final BlockMeta.File file;
    private final byte[] tail;

    /// @param tail its bytes from `indexStart` to the end
    Finished(BlockMeta.File file, byte[] tail) {
      this.file = file;
      this.tail = tail;
    }

    BlockMeta.File file() {
      return file;
    }

    byte[] tail() {
      return tail;
    }
  }

  /// Writes indexes and footer and closes the file.
  ///
  /// @param name of the file in the block
  Finished finish(String name, Map<String, String> keyValues) throws IOException {
    writeFilters();
    long indexStart = position;
    ByteArrayOutputStream tail = new ByteArrayOutputStream(1 << 16);
    for (int i = 0; i < written.size(); i++) {
      int before = tail.size();
      ColumnIndexWriter.write(chunks.get(i).columnIndex(), tail);
      written.get(i).setColumn_index_offset(indexStart + before);
      written.get(i).setColumn_index_length(tail.size() - before);
    }
    for (int i = 0; i < written.size(); i++) {
      int before = tail.size();
      Util.writeOffsetIndex(chunks.get(i).offsetIndex(), tail);
      written.get(i).setOffset_index_offset(indexStart + before);
      written.get(i).setOffset_index_length(tail.size() - before);
    }
    ParquetFooter.append(footer(keyValues), tail);
    byte[] bytes = tail.toByteArray();
    sink().write(bytes);
    out.close();
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return new Finished(
        new BlockMeta.File(
            name,
            position,
            indexStart,
            (int) crc.getValue(),
            HexFormat.of().formatHex(digest.digest())),
        bytes);
  }

  /// Writes the Bloom filters column by column, so that those of one column are one range.
  private void writeFilters() throws IOException {
    for (int c = 0; c < columns.size(); c++) {
      List<ColumnChunkBuilder> same = new ArrayList<>();
      for (int g = 0; g < groups.size(); g++) {
        same.add(chunks.get(g * columns.size() + c));
      }
      for (int g = 0; g < groups.size(); g++) {
        Optional<BloomFilter> filter = same.get(g).usefulFilter(same);
        if (filter.isPresent()) {
          byte[] stored = filter.get().encode();
          ColumnMetaData m =
              Objects.requireNonNull(written.get(g * columns.size() + c).getMeta_data());
          m.setBloom_filter_offset(position);
          m.setBloom_filter_length(stored.length - BloomFilter.CHECKSUM_BYTES);
          sink().write(stored);
        }
      }
    }
  }

  private FileMetaData footer(Map<String, String> keyValues) {
    List<SchemaElement> schema = new ArrayList<>();
    SchemaElement root = new SchemaElement("lamella");
    root.setNum_children(columns.size());
    schema.add(root);
    columns.forEach(c -> schema.add(c.kind().schema(c.name())));
    FileMetaData meta = new FileMetaData(2, schema, rows, groups);
    keyValues.forEach((k, v) -> {
      KeyValue kv = new KeyValue(k);
      kv.setValue(v);
      meta.addToKey_value_metadata(kv);
    });
    meta.setCreated_by(CREATED_BY);
    columns.forEach(c -> meta.addToColumn_orders(ColumnOrder.TYPE_ORDER(new TypeDefinedOrder())));
    return meta;
  }

  /// Closes the file without finishing it; after [#finish] it does nothing.
  @Override
  public void close() throws IOException {
    out.close();
  }
}
