package io.lamella.converter.parquet;

import com.github.luben.zstd.ZstdCompressCtx;
import io.lamella.storage.block.read.BloomFilter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.format.BoundaryOrder;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageEncodingStats;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageLocation;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Statistics;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/// Writes the pages of one column in one row group: compresses them, computes checksums and
/// collects the data of the page index and the footer. Offsets are relative to the column chunk
/// until [#placeAt] is called.
final class ColumnChunkBuilder {
  /// Bounds in the page index are cut to this length, as parquet-common's are.
  private static final int BOUND_BYTES = 16;

  /// Bounds in the footer are whole up to this length.
  private static final int FOOTER_BOUND_BYTES = 1024;

  private static final byte[] NONE = {};

  private final Column column;
  private final OutputStream out;
  private final ZstdCompressCtx zstd;
  private final List<PageLocation> locations = new ArrayList<>();
  private final List<Boolean> nullPages = new ArrayList<>();
  private final List<byte[]> mins = new ArrayList<>();
  private final List<byte[]> maxs = new ArrayList<>();
  private final List<Long> nullCounts = new ArrayList<>();
  private Optional<BloomFilter> filter = Optional.empty();
  private byte @Nullable [] min;
  private byte @Nullable [] max;
  private long written;
  private long uncompressed;
  private long rows;
  private long nulls;
  private long dictionaryBytes;
  private long start;

  /// @param out receives the pages one after another; the caller closes it
  /// @param zstd compresses the pages; the caller closes it
  ColumnChunkBuilder(Column column, OutputStream out, ZstdCompressCtx zstd) {
    this.column = column;
    this.out = out;
    this.zstd = zstd;
  }

  void dictionaryPage(byte[] body, int values) throws IOException {
    byte[] compressed = compress(body);
    PageHeader h = new PageHeader(PageType.DICTIONARY_PAGE, body.length, compressed.length);
    DictionaryPageHeader d = new DictionaryPageHeader(values, Encoding.PLAIN);
    d.setIs_sorted(true);
    h.setDictionary_page_header(d);
    write(h, NONE, compressed, body.length);
    dictionaryBytes = written;
  }

  /// Sets the Bloom filter over the column's values.
  void filter(BloomFilter all) {
    filter = Optional.of(all);
  }

  /// The Bloom filter, where it is of use beside those of the same column in other row groups:
  /// where bounds do not tell them apart.
  Optional<BloomFilter> usefulFilter(List<ColumnChunkBuilder> sameColumn) {
    return filter.filter(_ -> sameColumn.stream().anyMatch(o -> o != this && overlaps(o)));
  }

  private boolean overlaps(ColumnChunkBuilder other) {
    return min != null
        && max != null
        && other.min != null
        && other.max != null
        && compare(min, other.max) <= 0
        && compare(other.min, max) <= 0;
  }

  /// @param levels definition levels, empty for required columns
  /// @param pageMin the smallest value of the page, `pageMax` the largest; null where bounds are
  ///   not kept or all values are null
  void dataPage(
      int pageRows,
      int pageNulls,
      byte[] levels,
      byte[] body,
      byte @Nullable [] pageMin,
      byte @Nullable [] pageMax)
      throws IOException {
    byte[] compressed = compress(body);
    boolean smaller = compressed.length < body.length;
    byte[] stored = smaller ? compressed : body;
    PageHeader h =
        new PageHeader(
            PageType.DATA_PAGE_V2, levels.length + body.length, levels.length + stored.length);
    DataPageHeaderV2 d =
        new DataPageHeaderV2(
            pageRows, pageNulls, pageRows, column.kind().encoding(), levels.length, 0);
    d.setIs_compressed(smaller);
    h.setData_page_header_v2(d);
    long offset = written;
    write(h, levels, stored, levels.length + body.length);
    locations.add(new PageLocation(offset, Math.toIntExact(written - offset), rows));
    rows += pageRows;
    nulls += pageNulls;
    nullCounts.add((long) pageNulls);
    nullPages.add(pageNulls == pageRows);
    mins.add(pageMin == null ? NONE : lowerBound(pageMin, BOUND_BYTES));
    maxs.add(pageMax == null ? NONE : upperBound(pageMax, BOUND_BYTES));
    if (pageMin != null && pageMax != null) {
      min = min == null || compare(pageMin, min) < 0 ? pageMin : min;
      max = max == null || compare(pageMax, max) > 0 ? pageMax : max;
    }
  }

  private byte[] compress(byte[] body) {
    return body.length == 0 ? NONE : zstd.compress(body);
  }

  private void write(PageHeader header, byte[] levels, byte[] body, int uncompressedBytes)
      throws IOException {
    CRC32 crc = new CRC32();
    crc.update(levels);
    crc.update(body);
    header.setCrc((int) crc.getValue());
    ByteArrayOutputStream head = new ByteArrayOutputStream(64);
    Util.writePageHeader(header, head);
    head.writeTo(out);
    out.write(levels);
    out.write(body);
    written += head.size() + levels.length + body.length;
    uncompressed += head.size() + uncompressedBytes;
  }

  long bytes() {
    return written;
  }

  long uncompressedBytes() {
    return uncompressed;
  }

  /// Sets where in the file the column chunk begins.
  void placeAt(long fileOffset) {
    start = fileOffset;
    for (PageLocation p : locations) {
      p.setOffset(p.getOffset() + fileOffset);
    }
  }

  OffsetIndex offsetIndex() {
    return new OffsetIndex(locations);
  }

  ColumnIndex columnIndex() {
    List<ByteBuffer> lower = mins.stream().map(ByteBuffer::wrap).toList();
    List<ByteBuffer> upper = maxs.stream().map(ByteBuffer::wrap).toList();
    boolean bounded = column.kind().hasBounds();
    List<Boolean> empty = bounded ? nullPages : nullPages.stream().map(p -> Boolean.FALSE).toList();
    ColumnIndex index =
        new ColumnIndex(empty, lower, upper, bounded ? order() : BoundaryOrder.UNORDERED);
    index.setNull_counts(nullCounts);
    return index;
  }

  private BoundaryOrder order() {
    boolean ascending = true;
    boolean descending = true;
    byte[] lastMin = null;
    byte[] lastMax = null;
    for (int i = 0; i < mins.size(); i++) {
      if (nullPages.get(i)) {
        continue;
      }
      if (lastMin != null && lastMax != null) {
        ascending &= compare(lastMin, mins.get(i)) <= 0 && compare(lastMax, maxs.get(i)) <= 0;
        descending &= compare(lastMin, mins.get(i)) >= 0 && compare(lastMax, maxs.get(i)) >= 0;
      }
      lastMin = mins.get(i);
      lastMax = maxs.get(i);
    }
    return ascending
        ? BoundaryOrder.ASCENDING
        : descending ? BoundaryOrder.DESCENDING : BoundaryOrder.UNORDERED;
  }

  private int compare(byte[] a, byte[] b) {
    return switch (column.kind()) {
      case COUNT, TIME -> Long.compare(littleEndian(a), littleEndian(b));
      case VALUE ->
          Double.compare(
              Double.longBitsToDouble(littleEndian(a)), Double.longBitsToDouble(littleEndian(b)));
      case LABEL, NUMBERS, HASH, CHUNKS -> Arrays.compareUnsigned(a, b);
    };
  }

  static byte[] littleEndian(long v) {
    return ByteBuffer.allocate(8).order(java.nio.ByteOrder.LITTLE_ENDIAN).putLong(v).array();
  }

  private static long littleEndian(byte[] b) {
    return ByteBuffer.wrap(b).order(java.nio.ByteOrder.LITTLE_ENDIAN).getLong();
  }

  ColumnMetaData metaData() {
    List<Encoding> encodings =
        column.kind() == ColumnKind.LABEL
            ? List.of(Encoding.PLAIN, Encoding.RLE, Encoding.RLE_DICTIONARY)
            : List.of(column.kind().encoding());
    ColumnMetaData m =
        new ColumnMetaData(
            column.kind().type(),
            encodings,
            List.of(column.name()),
            CompressionCodec.ZSTD,
            rows,
            uncompressed,
            written,
            start + dictionaryBytes);
    List<PageEncodingStats> stats = new ArrayList<>();
    if (dictionaryBytes > 0) {
      m.setDictionary_page_offset(start);
      stats.add(new PageEncodingStats(PageType.DICTIONARY_PAGE, Encoding.PLAIN, 1));
    }
    stats.add(
        new PageEncodingStats(PageType.DATA_PAGE_V2, column.kind().encoding(), nullPages.size()));
    m.setEncoding_stats(stats);
    Statistics s = new Statistics();
    s.setNull_count(nulls);
    if (min != null && max != null) {
      s.setMin_value(lowerBound(min, FOOTER_BOUND_BYTES));
      s.setIs_min_value_exact(min.length <= FOOTER_BOUND_BYTES);
      s.setMax_value(upperBound(max, FOOTER_BOUND_BYTES));
      s.setIs_max_value_exact(max.length <= FOOTER_BOUND_BYTES);
    }
    m.setStatistics(s);
    return m;
  }

  /// The encoded bytes as one array.
  static byte[] bytes(BytesInput encoded) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(Math.toIntExact(encoded.size()));
    encoded.writeAllTo(out);
    return out.toByteArray();
  }

  /// A prefix that is not larger than the value, cut between characters.
  static byte[] lowerBound(byte[] value, int maxBytes) {
    if (value.length <= maxBytes) {
      return value;
    }
    int n = maxBytes;
    while (n > 0 && (value[n] & 0xC0) == 0x80) {
      n--;
    }
    return Arrays.copyOf(value, n);
  }

  /// The smallest string of at most `maxBytes` bytes that is not smaller than the value; the whole
  /// value where there is none.
  static byte[] upperBound(byte[] value, int maxBytes) {
    if (value.length <= maxBytes) {
      return value;
    }
    for (int n = maxBytes; n > 0; n--) {
      if (value[n - 1] != (byte) 0xff) {
        byte[] out = Arrays.copyOf(value, n);
        out[n - 1]++;
        return out;
      }
    }
    return value;
  }
}
