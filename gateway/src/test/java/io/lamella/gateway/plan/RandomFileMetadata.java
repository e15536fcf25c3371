package io.lamella.gateway.plan;

import io.lamella.model.Utf8Order;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.read.ParquetFileMetadata;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.parquet.format.BoundaryOrder;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageLocation;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;

/// Metadata of a Parquet file that has no pages: columns of strings, cut into pages at random, with
/// bounds that are exact, truncated or missing.
final class RandomFileMetadata {
  private final Random random;
  private final List<String> names;
  private final List<RowGroup> groups = new ArrayList<>();
  private final List<ColumnIndex> bounds = new ArrayList<>();
  private final List<OffsetIndex> locations = new ArrayList<>();
  private long at = 4;
  private long rows;

  RandomFileMetadata(Random random, List<String> names) {
    this.random = random;
    this.names = names;
  }

  /// Adds a row group.
  ///
  /// @param columns one for each name, a value a row, "" for an absent one
  void add(List<List<String>> columns) {
    List<ColumnChunk> chunks = new ArrayList<>();
    int size = columns.getFirst().size();
    for (int c = 0; c < names.size(); c++) {
      chunks.add(column(names.get(c), columns.get(c)));
    }
    groups.add(new RowGroup(chunks, at, size));
    rows += size;
  }

  private ColumnChunk column(String name, List<String> values) {
    long dictionary = at;
    at += 1 + random.nextInt(50);
    long first = at;
    List<PageLocation> pages = new ArrayList<>();
    ColumnIndex index =
        new ColumnIndex(
            new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), BoundaryOrder.UNORDERED);
    for (int row = 0; row < values.size(); ) {
      int end = Math.min(values.size(), row + 1 + random.nextInt(8));
      int bytes = 1 + random.nextInt(1000);
      pages.add(new PageLocation(at, bytes, row));
      at += bytes;
      List<byte[]> present =
          values.subList(row, end).stream()
              .filter(v -> !v.isEmpty())
              .map(Utf8Order::encode)
              .sorted(Arrays::compareUnsigned)
              .toList();
      index.addToNull_pages(present.isEmpty());
      index.addToMin_values(
          ByteBuffer.wrap(present.isEmpty() ? new byte[0] : lower(present.getFirst())));
      index.addToMax_values(
          ByteBuffer.wrap(present.isEmpty() ? new byte[0] : upper(present.getLast())));
      row = end;
    }
    bounds.add(index);
    locations.add(new OffsetIndex(pages));
    ColumnMetaData meta =
        new ColumnMetaData(
            Type.BYTE_ARRAY,
            List.of(Encoding.RLE_DICTIONARY),
            List.of(name),
            CompressionCodec.ZSTD,
            values.size(),
            at - first,
            at - first,
            first);
    meta.setDictionary_page_offset(dictionary);
    ColumnChunk out = new ColumnChunk(0);
    out.setMeta_data(meta);
    return out;
  }

  /// A lower bound of a value: itself or a prefix.
  private byte[] lower(byte[] value) {
    return random.nextBoolean() ? value : Arrays.copyOf(value, random.nextInt(value.length + 1));
  }

  /// An upper bound of a value: itself, a prefix whose last byte is one higher, or none.
  private byte[] upper(byte[] value) {
    if (random.nextBoolean()) {
      return value;
    }
    byte[] out = Arrays.copyOf(value, random.nextInt(value.length + 1));
    if (out.length > 0 && out[out.length - 1] != (byte) 0xff) {
      out[out.length - 1]++;
      return out;
    }
    return new byte[0];
  }

  /// The metadata as it is read from the footer.
  ParquetFileMetadata build() {
    try {
      return ParquetFileMetadata.parse(tail(), at, "random.parquet");
    } catch (CorruptBlockException e) {
      throw new AssertionError(e);
    }
  }

  private byte[] tail() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      int n = 0;
      for (RowGroup group : groups) {
        for (ColumnChunk chunk : group.getColumns()) {
          chunk.setColumn_index_offset(at + out.size());
          Util.writeColumnIndex(bounds.get(n), out);
          chunk.setColumn_index_length((int) (at + out.size() - chunk.getColumn_index_offset()));
          chunk.setOffset_index_offset(at + out.size());
          Util.writeOffsetIndex(locations.get(n++), out);
          chunk.setOffset_index_length((int) (at + out.size() - chunk.getOffset_index_offset()));
        }
      }
      List<SchemaElement> schema = new ArrayList<>();
      SchemaElement root = new SchemaElement("root");
      root.setNum_children(names.size());
      schema.add(root);
      for (String name : names) {
        SchemaElement e = new SchemaElement(name);
        e.setType(Type.BYTE_ARRAY);
        e.setRepetition_type(FieldRepetitionType.OPTIONAL);
        schema.add(e);
      }
      int footerAt = out.size();
      Util.writeFileMetaData(new FileMetaData(1, schema, rows, groups), out);
      int footer = out.size() - footerAt;
      for (int shift = 0; shift < 32; shift += 8) {
        out.write(footer >> shift);
      }
      out.writeBytes(new byte[] {'P', 'A', 'R', '1'});
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }
}
