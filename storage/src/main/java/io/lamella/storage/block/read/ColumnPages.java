package io.lamella.storage.block.read;

import io.lamella.storage.object.ByteRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageLocation;
import org.apache.parquet.format.Type;
import org.jspecify.annotations.Nullable;

/// The pages of one column in one row group: byte ranges, rows, and the bounds that the page index
/// states. Rows count from the start of the row group. Immutable.
public final class ColumnPages {
  private static final byte[] NONE = {};

  private final String name;
  private final boolean optional;
  private final boolean floats;
  private final CompressionCodec codec;
  private final @Nullable ByteRange dictionary;
  private final @Nullable ByteRange filter;
  private final long[] offsets;
  private final int[] lengths;
  private final int[] firstRows;
  private final boolean[] nullPages;
  private final byte[][] mins;
  private final byte[][] maxs;
  private final int rows;

  private ColumnPages(
      String name,
      boolean optional,
      boolean floats,
      CompressionCodec codec,
      @Nullable ByteRange dictionary,
      @Nullable ByteRange filter,
      int pages,
      int rows) {
    this.name = name;
    this.optional = optional;
    this.floats = floats;
    this.codec = codec;
    this.dictionary = dictionary;
    this.filter = filter;
    this.offsets = new long[pages];
    this.lengths = new int[pages];
    this.firstRows = new int[pages];
    this.nullPages = new boolean[pages];
    this.mins = new byte[pages][];
    this.maxs = new byte[pages][];
    this.rows = rows;
  }

  static ColumnPages of(
      String name,
      boolean optional,
      ColumnMetaData meta,
      ColumnIndex bounds,
      OffsetIndex locations,
      int rows,
      long footerStart)
      throws IOException {
    List<PageLocation> pages = ThriftMember.require(locations.getPage_locations(), "page list");
    List<Boolean> nullPages = ThriftMember.require(bounds.getNull_pages(), "null page list");
    List<ByteBuffer> mins = ThriftMember.require(bounds.getMin_values(), "list of bounds");
    List<ByteBuffer> maxs = ThriftMember.require(bounds.getMax_values(), "list of bounds");
    int n = pages.size();
    if (n < 1 || nullPages.size() != n || mins.size() != n || maxs.size() != n) {
      throw new IOException(
          "column \"" + name + "\" has " + n + " pages and bounds of " + nullPages.size());
    }
    long firstData = pages.get(0).getOffset();
    ByteRange dictionary = null;
    if (meta.isSetDictionary_page_offset() && meta.getDictionary_page_offset() > 0) {
      dictionary = new ByteRange(meta.getDictionary_page_offset(), firstData);
    }
    ColumnPages out =
        new ColumnPages(
            name,
            optional,
            meta.getType() == Type.DOUBLE,
            ThriftMember.require(meta.getCodec(), "codec"),
            dictionary,
            filter(name, meta, footerStart),
            n,
            rows);
    long before = 4;
    for (int i = 0; i < n; i++) {
      PageLocation p = pages.get(i);
      int nextRow = i + 1 < n ? Math.toIntExact(pages.get(i + 1).getFirst_row_index()) : rows;
      int row = Math.toIntExact(p.getFirst_row_index());
      if (p.getOffset() < before
          || p.getCompressed_page_size() < 1
          || p.getOffset() + p.getCompressed_page_size() > footerStart
          || (i == 0 && row != 0)
          || row >= nextRow) {
        throw new IOException(
            "page "
                + i
                + " of column \""
                + name
                + "\" at "
                + p.getOffset()
                + " from row "
                + row
                + " is out of order");
      }
      before = p.getOffset() + p.getCompressed_page_size();
      out.offsets[i] = p.getOffset();
      out.lengths[i] = p.getCompressed_page_size();
      out.firstRows[i] = row;
      out.nullPages[i] = nullPages.get(i);
      out.mins[i] = bytes(mins.get(i));
      out.maxs[i] = bytes(maxs.get(i));
    }
    return out;
  }

  private static @Nullable ByteRange filter(String name, ColumnMetaData meta, long footerStart)
      throws IOException {
    if (!meta.isSetBloom_filter_offset() || !meta.isSetBloom_filter_length()) {
      return null;
    }
    long offset = meta.getBloom_filter_offset();
    int length = meta.getBloom_filter_length();
    if (offset < 4 || length < 1 || length > footerStart - offset - BloomFilter.CHECKSUM_BYTES) {
      throw new IOException(
          "Bloom filter of column \"" + name + "\" at " + offset + " of " + length + " bytes");
    }
    return ByteRange.ofLength(offset, length + BloomFilter.CHECKSUM_BYTES);
  }

  private static byte[] bytes(ByteBuffer b) {
    if (!b.hasRemaining()) {
      return NONE;
    }
    byte[] out = new byte[b.remaining()];
    b.duplicate().get(out);
    return out;
  }

  public String name() {
    return name;
  }

  /// The approximate number of bytes that this uses in memory.
  long memoryBytes() {
    long bytes = 300 + 25L * offsets.length;
    for (int p = 0; p < offsets.length; p++) {
      bytes += memoryBytes(mins[p]) + memoryBytes(maxs[p]);
    }
    return bytes;
  }

  private static long memoryBytes(byte[] bound) {
    return bound.length == 0 ? 0 : 20 + bound.length;
  }

  /// True where rows may have no value.
  public boolean isOptional() {
    return optional;
  }

  /// True where the values are 64-bit floats.
  public boolean isFloats() {
    return floats;
  }

  CompressionCodec codec() {
    return codec;
  }

  /// The byte range of the dictionary page, if there is one.
  public Optional<ByteRange> dictionary() {
    return Optional.ofNullable(dictionary);
  }

  /// The byte range of the [Bloom filter][BloomFilter] over the values, if there is one.
  public Optional<ByteRange> filter() {
    return Optional.ofNullable(filter);
  }

  public int pages() {
    return offsets.length;
  }

  /// The bytes of a page, its header included.
  public ByteRange range(int page) {
    return ByteRange.ofLength(offsets[page], lengths[page]);
  }

  public int firstRow(int page) {
    return firstRows[page];
  }

  /// The row after the last row of a page.
  public int endRow(int page) {
    return page + 1 < firstRows.length ? firstRows[page + 1] : rows;
  }

  /// True where the page has no value at all.
  public boolean isNullPage(int page) {
    return nullPages[page];
  }

  /// A lower bound of the page's values, possibly truncated; empty where the page index has none.
  /// Not to be changed.
  public byte[] min(int page) {
    return mins[page];
  }

  /// An upper bound of the page's values; empty where the page index has none. Not to be changed.
  public byte[] max(int page) {
    return maxs[page];
  }

  /// The page that contains a row of the row group.
  public int pageOfRow(int row) {
    int i = Arrays.binarySearch(firstRows, row);
    return i >= 0 ? i : -i - 2;
  }
}
