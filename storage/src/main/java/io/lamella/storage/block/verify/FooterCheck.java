package io.lamella.storage.block.verify;

import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.block.read.ParquetFileMetadata;
import io.lamella.storage.block.read.ThriftMember;
import io.lamella.storage.block.read.ThriftReader;
import io.lamella.storage.object.ByteRange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SortingColumn;
import org.apache.parquet.format.Statistics;

/// Checks the parts of a file's footer and page indexes that [ParquetFileMetadata] does not read:
/// null counts, bounds of whole columns, sizes, the declared order. Other Parquet readers use them.
final class FooterCheck {
  /// The statistics of one column in one row group.
  static final class ColumnFooter {
    private final List<Long> nulls;
    private final long allNulls;
    private final Optional<byte[]> min;
    private final Optional<byte[]> max;

    /// @param nulls one count for each page; empty where the index has no counts
    /// @param min lower bound of all values, `max` upper bound; absent where none is stated
    ColumnFooter(List<Long> nulls, long allNulls, Optional<byte[]> min, Optional<byte[]> max) {
      this.nulls = nulls;
      this.allNulls = allNulls;
      this.min = min;
      this.max = max;
    }

    List<Long> nulls() {
      return nulls;
    }

    long allNulls() {
      return allNulls;
    }

    Optional<byte[]> min() {
      return min;
    }

    Optional<byte[]> max() {
      return max;
    }
  }

  private final List<Map<String, ColumnFooter>> groups = new ArrayList<>();
  private final List<List<Integer>> sortedBy = new ArrayList<>();

  private FooterCheck() {}

  /// @param tail the bytes that `metadata` was parsed from; `tailStart` is their offset in the file
  static FooterCheck read(
      byte[] tail, long tailStart, ParquetFileMetadata metadata, String object, Findings findings)
      throws CorruptBlockException {
    try {
      byte[] lastEight = Arrays.copyOfRange(tail, tail.length - 8, tail.length);
      int footer = (int) ParquetFileMetadata.footerLength(lastEight, object);
      FileMetaData meta =
          ThriftReader.footer(new ByteArrayInputStream(tail, tail.length - footer, footer - 8));
      FooterCheck out = new FooterCheck();
      List<RowGroup> all = ThriftMember.require(meta.getRow_groups(), "row groups");
      for (int g = 0; g < all.size(); g++) {
        RowGroup group = all.get(g);
        List<ColumnChunk> chunks = ThriftMember.require(group.getColumns(), "columns");
        Map<String, ColumnFooter> columns = new HashMap<>();
        for (int c = 0; c < chunks.size(); c++) {
          String name = metadata.columns().get(c);
          ColumnPages pages = metadata.rowGroups().get(g).column(name).orElseThrow();
          ColumnChunk chunk = chunks.get(c);
          ColumnMetaData m = ThriftMember.require(chunk.getMeta_data(), "column metadata");
          Place at = new Place(object, "row_group=" + g + " column=" + name, findings);
          sizes(m, pages, group.getNum_rows(), at);
          columns.put(name, columnFooter(chunk, m, tail, tailStart, pages, at));
        }
        out.groups.add(columns);
        out.sortedBy.add(sorting(group));
      }
      return out;
    } catch (IOException | RuntimeException e) {
      throw new CorruptBlockException(
          "cannot read footer: " + e.getMessage() + " [object=" + object + "]", e);
    }
  }

  private record Place(String object, String where, Findings findings) {
    void add(String what) {
      findings.add(object, where, what);
    }
  }

  private static void sizes(ColumnMetaData m, ColumnPages pages, long rows, Place at) {
    long bytes = pages.dictionary().map(ByteRange::length).orElse(0L);
    for (int p = 0; p < pages.pages(); p++) {
      bytes += pages.range(p).length();
    }
    if (m.getTotal_compressed_size() != bytes) {
      at.add("the footer says " + m.getTotal_compressed_size() + " bytes, the page index " + bytes);
    }
    if (m.getNum_values() != rows) {
      at.add("the footer says " + m.getNum_values() + " values, the row group has " + rows);
    }
    if (m.getData_page_offset() != pages.range(0).start()) {
      at.add(
          "the footer has the first page at "
              + m.getData_page_offset()
              + ", the page index at "
              + pages.range(0).start());
    }
  }

  private static ColumnFooter columnFooter(
      ColumnChunk chunk, ColumnMetaData m, byte[] tail, long tailStart, ColumnPages pages, Place at)
      throws IOException {
    ColumnIndex index =
        ThriftReader.columnIndex(
            new ByteArrayInputStream(
                tail,
                Math.toIntExact(chunk.getColumn_index_offset() - tailStart),
                chunk.getColumn_index_length()));
    List<Long> nulls =
        index.isSetNull_counts()
            ? ThriftMember.require(index.getNull_counts(), "counts of nulls")
            : List.of();
    if (nulls.size() != pages.pages()) {
      at.add(nulls.size() + " counts of nulls for " + pages.pages() + " pages");
      nulls = List.of();
    }
    Statistics s = m.getStatistics();
    if (s == null) {
      at.add("the footer has no statistics");
      return new ColumnFooter(nulls, 0, Optional.empty(), Optional.empty());
    }
    return new ColumnFooter(
        nulls,
        s.getNull_count(),
        s.isSetMin_value() ? Optional.of(s.getMin_value()) : Optional.empty(),
        s.isSetMax_value() ? Optional.of(s.getMax_value()) : Optional.empty());
  }

  /// The leaf numbers that a row group is sorted by, as declared; −1 for a descending one.
  private static List<Integer> sorting(RowGroup group) throws IOException {
    List<Integer> out = new ArrayList<>();
    if (group.isSetSorting_columns()) {
      for (SortingColumn s : ThriftMember.require(group.getSorting_columns(), "order")) {
        out.add(s.isDescending() || !s.isNulls_first() ? -1 : s.getColumn_idx());
      }
    }
    return out;
  }

  ColumnFooter column(int group, String name) {
    return java.util.Objects.requireNonNull(groups.get(group).get(name));
  }

  List<Integer> sortedBy(int group) {
    return sortedBy.get(group);
  }
}
