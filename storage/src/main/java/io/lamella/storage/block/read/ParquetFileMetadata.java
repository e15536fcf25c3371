package io.lamella.storage.block.read;

import io.lamella.storage.block.CorruptBlockException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.SchemaElement;

/// The metadata of one Parquet file, footer and page indexes: its columns in leaf order, its
/// key/value metadata, and for each row group the pages of each column. Immutable. Source: the
/// Parquet format, page index version 1.
public final class ParquetFileMetadata {
  /// One row group; `firstRow` counts from the start of the file.
  public record RowGroup(int number, long firstRow, int rows, Map<String, ColumnPages> columns) {
    public RowGroup {
      columns = Map.copyOf(columns);
    }

    public Optional<ColumnPages> column(String name) {
      return Optional.ofNullable(columns.get(name));
    }
  }

  private final String place;
  private final List<String> columns;
  private final Map<String, String> keyValues;
  private final List<RowGroup> rowGroups;
  private final long rows;

  private ParquetFileMetadata(
      String place,
      List<String> columns,
      Map<String, String> keyValues,
      List<RowGroup> rowGroups,
      long rows) {
    this.place = place;
    this.columns = List.copyOf(columns);
    this.keyValues = Map.copyOf(keyValues);
    this.rowGroups = List.copyOf(rowGroups);
    this.rows = rows;
  }

  /// Top-level column names in leaf order.
  public List<String> columns() {
    return columns;
  }

  public Map<String, String> keyValues() {
    return keyValues;
  }

  public List<RowGroup> rowGroups() {
    return rowGroups;
  }

  public long rows() {
    return rows;
  }

  /// The approximate number of bytes that this uses in memory.
  public long memoryBytes() {
    long bytes = 256;
    for (String name : columns) {
      bytes += 64 + name.length();
    }
    for (Map.Entry<String, String> kv : keyValues.entrySet()) {
      bytes += 160 + kv.getKey().length() + kv.getValue().length();
    }
    for (RowGroup group : rowGroups) {
      for (ColumnPages column : group.columns().values()) {
        bytes += column.memoryBytes();
      }
    }
    return bytes;
  }

  /// The value of a metadata key as a number.
  public long number(String key) throws CorruptBlockException {
    String text = keyValues.get(key);
    try {
      if (text != null) {
        return Long.parseLong(text);
      }
    } catch (NumberFormatException e) {
      // Falls through to the same error as a missing key.
    }
    throw new CorruptBlockException(
        "cannot read metadata \""
            + key
            + "\": "
            + text
            + ", expected a number [object="
            + place
            + "]");
  }

  /// The distance in bytes from the start of the footer to the end of the file, read from the last
  /// eight bytes of the file.
  public static long footerLength(byte[] lastEight, String place) throws CorruptBlockException {
    if (lastEight[4] != 'P' || lastEight[5] != 'A' || lastEight[6] != 'R' || lastEight[7] != '1') {
      throw new CorruptBlockException(
          "cannot read footer: no magic PAR1 at the end [object=" + place + "]");
    }
    long n =
        (lastEight[0] & 0xffL)
            | (lastEight[1] & 0xffL) << 8
            | (lastEight[2] & 0xffL) << 16
            | (lastEight[3] & 0xffL) << 24;
    return n + 8;
  }

  /// Reads footer and page indexes.
  ///
  /// @param tail the bytes from `tailStart` to the end of the file, including all page indexes
  /// @param place the object's name, for messages
  public static ParquetFileMetadata parse(byte[] tail, long tailStart, String place)
      throws CorruptBlockException {
    try {
      if (tail.length < 12) {
        throw new IOException(tail.length + " bytes are not a Parquet file");
      }
      byte[] lastEight = java.util.Arrays.copyOfRange(tail, tail.length - 8, tail.length);
      long footer = footerLength(lastEight, place);
      if (footer > tail.length) {
        throw new IOException("footer of " + footer + " bytes, only " + tail.length + " read");
      }
      int footerAt = tail.length - (int) footer;
      FileMetaData meta =
          ThriftReader.footer(new ByteArrayInputStream(tail, footerAt, (int) footer - 8));
      return new Parser(tail, tailStart, tailStart + footerAt, place).metadata(meta);
    } catch (CorruptBlockException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new CorruptBlockException(
          "cannot read footer: "
              + e.getMessage()
              + " [object="
              + place
              + "]; convert this block again",
          e);
    }
  }

  /// The offset of the first page index, for files whose meta does not state it.
  ///
  /// @param footer the bytes of the footer alone
  public static long indexStart(byte[] footer, String place) throws CorruptBlockException {
    try {
      FileMetaData meta = ThriftReader.footer(new ByteArrayInputStream(footer));
      long start = Long.MAX_VALUE;
      for (org.apache.parquet.format.RowGroup g :
          ThriftMember.require(meta.getRow_groups(), "row groups")) {
        for (org.apache.parquet.format.ColumnChunk c :
            ThriftMember.require(g.getColumns(), "columns")) {
          start = Math.min(start, Math.min(c.getColumn_index_offset(), c.getOffset_index_offset()));
        }
      }
      return start;
    } catch (IOException | RuntimeException e) {
      throw new CorruptBlockException(
          "cannot read footer: " + e.getMessage() + " [object=" + place + "]", e);
    }
  }

  private static final class Parser {
    private final byte[] tail;
    private final long tailStart;
    private final long footerStart;
    private final String place;
    private long indexBytes;

    Parser(byte[] tail, long tailStart, long footerStart, String place) {
      this.tail = tail;
      this.tailStart = tailStart;
      this.footerStart = footerStart;
      this.place = place;
    }

    ParquetFileMetadata metadata(FileMetaData meta) throws IOException {
      List<String> names = new ArrayList<>();
      List<SchemaElement> schema = ThriftMember.require(meta.getSchema(), "schema");
      for (SchemaElement e : schema.subList(1, schema.size())) {
        if (e.isSetNum_children()) {
          throw new IOException("column \"" + e.getName() + "\" is nested");
        }
        names.add(e.getName());
      }
      Map<String, String> keyValues = new LinkedHashMap<>();
      if (meta.isSetKey_value_metadata()) {
        for (KeyValue kv : ThriftMember.require(meta.getKey_value_metadata(), "metadata")) {
          keyValues.put(kv.getKey(), kv.getValue());
        }
      }
      List<RowGroup> groups = new ArrayList<>();
      long firstRow = 0;
      for (org.apache.parquet.format.RowGroup g :
          ThriftMember.require(meta.getRow_groups(), "row groups")) {
        int rows = Math.toIntExact(g.getNum_rows());
        List<org.apache.parquet.format.ColumnChunk> chunks =
            ThriftMember.require(g.getColumns(), "columns");
        if (rows < 1 || chunks.size() != names.size()) {
          throw new IOException(
              "row group "
                  + groups.size()
                  + " of "
                  + rows
                  + " rows and "
                  + chunks.size()
                  + " columns");
        }
        Map<String, ColumnPages> columns = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
          columns.put(names.get(i), column(chunks.get(i), names.get(i), schema.get(i + 1), rows));
        }
        groups.add(new RowGroup(groups.size(), firstRow, rows, columns));
        firstRow += rows;
      }
      if (firstRow != meta.getNum_rows()) {
        throw new IOException(
            firstRow + " rows in row groups, " + meta.getNum_rows() + " in the footer");
      }
      return new ParquetFileMetadata(place, names, keyValues, groups, firstRow);
    }

    private ColumnPages column(
        org.apache.parquet.format.ColumnChunk chunk, String name, SchemaElement schema, int rows)
        throws IOException {
      ColumnMetaData m = ThriftMember.require(chunk.getMeta_data(), "column metadata");
      List<String> path = ThriftMember.require(m.getPath_in_schema(), "path");
      if (path.size() != 1 || !path.get(0).equals(name)) {
        throw new IOException("column chunk of " + path + " in the place of \"" + name + "\"");
      }
      ColumnIndex columnIndex =
          ThriftReader.columnIndex(
              slice(chunk.getColumn_index_offset(), chunk.getColumn_index_length(), name));
      OffsetIndex offsetIndex =
          ThriftReader.offsetIndex(
              slice(chunk.getOffset_index_offset(), chunk.getOffset_index_length(), name));
      boolean optional =
          schema.getRepetition_type() == org.apache.parquet.format.FieldRepetitionType.OPTIONAL;
      return ColumnPages.of(name, optional, m, columnIndex, offsetIndex, rows, footerStart);
    }

    private ByteArrayInputStream slice(long offset, int length, String name) throws IOException {
      long at = offset - tailStart;
      indexBytes += Math.max(0, length);
      if (indexBytes > tail.length) {
        // Many columns with one page index would take the memory of many.
        throw new IOException(
            "page index of column \""
                + name
                + "\": all of them together are longer than the "
                + tail.length
                + " bytes read");
      }
      if (at < 0 || length < 1 || offset + length > footerStart) {
        throw new IOException(
            "page index of column \""
                + name
                + "\" at ["
                + offset
                + ", "
                + (offset + length)
                + "), outside the bytes read");
      }
      return new ByteArrayInputStream(tail, (int) at, length);
    }
  }
}
