package io.lamella.storage.block.read;

import com.github.luben.zstd.Zstd;
import io.lamella.storage.block.CorruptBlockException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.jspecify.annotations.Nullable;

/// One page: header parsed, checksum verified, body decompressed. The values are still encoded; the
/// decoders read them.
///
/// Only pages that the format allows are read: data pages of version 2 and dictionary pages, in the
/// expected encoding, compressed by zstd. The checksum does not cover the header, so no memory is
/// allocated by a size from the header alone: the compressed body states its own size.
///
/// The arrays belong to the page and are not changed by anyone.
final class PageBytes {
  /// The maximum size of a decompressed page; Lamella writes none that is larger.
  private static final int MAX_PAGE_BYTES = 1 << 28;

  private static final byte[] NONE = {};

  private final String what;
  private final String place;
  private final int values;
  private final byte[] levels;
  private final byte[] body;

  private PageBytes(String what, String place, int values, byte[] levels, byte[] body) {
    this.what = what;
    this.place = place;
    this.values = values;
    this.levels = levels;
    this.body = body;
  }

  /// The number of values of the page, absent ones included.
  int values() {
    return values;
  }

  /// The definition levels (RLE without a length prefix); empty for a required column.
  byte[] levels() {
    return levels;
  }

  /// The encoded values.
  byte[] body() {
    return body;
  }

  /// Reads a data page.
  ///
  /// @param page the page with its header, exactly as long as the page index says
  /// @param rows how many rows the page must have
  static PageBytes data(
      ColumnPages column, ByteBuffer page, int rows, Encoding encoding, String place)
      throws CorruptBlockException {
    String what = "page of column \"" + column.name() + "\"";
    try {
      Compressed c = Compressed.of(page, PageType.DATA_PAGE_V2);
      DataPageHeaderV2 h = ThriftMember.require(c.header.getData_page_header_v2(), "page header");
      expect(h.getEncoding(), encoding);
      int levelBytes = h.getDefinition_levels_byte_length();
      if (h.getNum_rows() != rows
          || h.getNum_values() != rows
          || h.getRepetition_levels_byte_length() != 0
          || levelBytes < 0
          || levelBytes > c.length
          || (levelBytes > 0) != column.isOptional()) {
        throw new IOException(
            h.getNum_rows()
                + " rows, "
                + h.getNum_values()
                + " values and "
                + levelBytes
                + " bytes of levels, expected "
                + rows
                + " rows");
      }
      byte[] levels = Arrays.copyOfRange(c.bytes, c.from, c.from + levelBytes);
      boolean compressed = !h.isSetIs_compressed() || h.isIs_compressed();
      byte[] body =
          c.decompress(levelBytes, compressed ? column.codec() : CompressionCodec.UNCOMPRESSED);
      return new PageBytes(what, place, rows, levels, body);
    } catch (IOException | RuntimeException e) {
      throw corrupt(what, place, e);
    }
  }

  /// Reads a dictionary page.
  static PageBytes dictionary(ColumnPages column, ByteBuffer page, String place)
      throws CorruptBlockException {
    String what = "dictionary of column \"" + column.name() + "\"";
    try {
      Compressed c = Compressed.of(page, PageType.DICTIONARY_PAGE);
      DictionaryPageHeader h =
          ThriftMember.require(c.header.getDictionary_page_header(), "page header");
      expect(h.getEncoding(), Encoding.PLAIN);
      byte[] body = c.decompress(0, column.codec());
      // Each value takes at least four bytes, its length.
      if (h.getNum_values() < 0 || h.getNum_values() > body.length / 4) {
        throw new IOException(
            h.getNum_values() + " dictionary values in " + body.length + " bytes");
      }
      return new PageBytes(what, place, h.getNum_values(), NONE, body);
    } catch (IOException | RuntimeException e) {
      throw corrupt(what, place, e);
    }
  }

  /// What a page's header states, for readers that reserve memory before they decompress the body.
  /// Decoding compares it with the compressed body's own statement.
  ///
  /// @param bytes of the decompressed page, levels included; at most [#MAX_PAGE_BYTES]
  /// @param values of the page
  record Stated(int bytes, int values) {}

  /// Reads a page's header only.
  static Stated stated(ColumnPages column, ByteBuffer page, PageType type, String place)
      throws CorruptBlockException {
    try {
      PageHeader header = Compressed.header(Compressed.input(page));
      int bytes = header.getUncompressed_page_size();
      int values =
          type == PageType.DICTIONARY_PAGE
              ? ThriftMember.require(header.getDictionary_page_header(), "page header")
                  .getNum_values()
              : ThriftMember.require(header.getData_page_header_v2(), "page header")
                  .getNum_values();
      if (bytes < 0 || bytes > MAX_PAGE_BYTES || values < 0) {
        throw new IOException(
            bytes + " bytes and " + values + " values, at most " + MAX_PAGE_BYTES + " bytes");
      }
      return new Stated(bytes, values);
    } catch (IOException | RuntimeException e) {
      throw corrupt("page of column \"" + column.name() + "\"", place, e);
    }
  }

  private static void expect(@Nullable Encoding actual, Encoding expected) throws IOException {
    if (actual != expected) {
      throw new IOException("encoding " + actual + ", expected " + expected);
    }
  }

  /// The failure of a page whose values cannot be decoded.
  CorruptBlockException corrupt(IOException e) {
    return corrupt(what, place, e);
  }

  private static CorruptBlockException corrupt(String what, String place, Exception e) {
    return new CorruptBlockException(
        "cannot decode "
            + what
            + ": "
            + e.getMessage()
            + " [object="
            + place
            + "]; convert this block again",
        e);
  }

  /// A page's header and the position of its compressed body; the checksum is verified.
  private static final class Compressed {
    final PageHeader header;
    final byte[] bytes;
    final int from;
    final int length;

    Compressed(PageHeader header, byte[] bytes, int from, int length) {
      this.header = header;
      this.bytes = bytes;
      this.from = from;
      this.length = length;
    }

    static Compressed of(ByteBuffer page, PageType type) throws IOException {
      ByteBuffer array = array(page);
      byte[] bytes = array.array();
      int start = array.arrayOffset() + array.position();
      int end = start + array.remaining();
      ByteArrayInputStream in = input(array);
      PageHeader header = header(in);
      int from = end - in.available();
      if (header.getCompressed_page_size() != end - from) {
        throw new IOException(
            "page of "
                + header.getCompressed_page_size()
                + " bytes, the page index says "
                + (end - from));
      }
      if (!header.isSetCrc()) {
        throw new IOException("no checksum");
      }
      CRC32 crc = new CRC32();
      crc.update(bytes, from, end - from);
      if ((int) crc.getValue() != header.getCrc()) {
        throw new IOException(
            String.format("checksum %08x, expected %08x", (int) crc.getValue(), header.getCrc()));
      }
      if (header.getType() != type) {
        throw new IOException("page type " + header.getType() + ", expected " + type);
      }
      return new Compressed(header, bytes, from, end - from);
    }

    private static ByteBuffer array(ByteBuffer page) {
      if (page.hasArray()) {
        return page;
      }
      byte[] bytes = new byte[page.remaining()];
      page.duplicate().get(bytes);
      return ByteBuffer.wrap(bytes);
    }

    static ByteArrayInputStream input(ByteBuffer page) {
      ByteBuffer array = array(page);
      return new ByteArrayInputStream(
          array.array(), array.arrayOffset() + array.position(), array.remaining());
    }

    static PageHeader header(ByteArrayInputStream in) throws IOException {
      return ThriftReader.pageHeader(in);
    }

    /// @param skipped bytes in front that are not compressed
    byte[] decompress(int skipped, CompressionCodec codec) throws IOException {
      int size = header.getUncompressed_page_size() - skipped;
      int at = from + skipped;
      int n = length - skipped;
      if (codec == CompressionCodec.UNCOMPRESSED || size == 0) {
        if (n != size) {
          throw new IOException(n + " bytes, expected " + size);
        }
        return Arrays.copyOfRange(bytes, at, at + n);
      }
      if (codec != CompressionCodec.ZSTD) {
        throw new IOException("compression " + codec + " is not supported, expected ZSTD");
      }
      long stated = Zstd.getFrameContentSize(bytes, at, n);
      if (stated != size || stated > MAX_PAGE_BYTES) {
        throw new IOException(
            "compressed frame of "
                + stated
                + " bytes, expected "
                + size
                + ", at most "
                + MAX_PAGE_BYTES);
      }
      byte[] out = new byte[size];
      int got = ZstdContexts.decompress(bytes, at, n, out);
      if (got != size) {
        throw new IOException(got + " bytes decompressed, expected " + size);
      }
      return out;
    }
  }
}
