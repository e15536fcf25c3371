package io.lamella.storage.block.read;

import com.github.luben.zstd.Zstd;
import io.lamella.storage.block.CorruptBlockException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;

/// One page taken apart: header parsed, checksum compared, body decompressed. What is inside is the
/// decoders' business.
///
/// `levels` are the definition levels (RLE, without a length in front), `body` from `bodyFrom` on
/// the encoded values.
record PageBytes(int values, Encoding encoding, byte[] levels, byte[] body, int bodyFrom) {
  /// No page of ours is longer once decompressed; a header that claims more is not believed.
  private static final int MAX_PAGE_BYTES = 1 << 28;

  private static final byte[] NONE = {};

  /// @param page the page with its header, exactly as long as the page index says
  /// @param rows how many rows the page must have
  static PageBytes data(ColumnPages column, ByteBuffer page, int rows, String place)
      throws CorruptBlockException {
    try {
      Raw raw = Raw.of(page);
      return switch (Required.member(raw.header.getType(), "page type")) {
        case DATA_PAGE_V2 -> v2(column, raw, rows);
        case DATA_PAGE -> v1(column, raw, rows);
        default ->
            throw new IOException("page type " + raw.header.getType() + ", expected a data page");
      };
    } catch (IOException | RuntimeException e) {
      throw corrupt("page", column, e, place);
    }
  }

  static PageBytes dictionary(ColumnPages column, ByteBuffer page, String place)
      throws CorruptBlockException {
    try {
      Raw raw = Raw.of(page);
      if (raw.header.getType() != PageType.DICTIONARY_PAGE) {
        throw new IOException("page type " + raw.header.getType() + ", expected a dictionary page");
      }
      DictionaryPageHeader h =
          Required.member(raw.header.getDictionary_page_header(), "page header");
      byte[] body =
          decompress(
              column.codec(),
              raw.bytes,
              raw.from,
              raw.length,
              raw.header.getUncompressed_page_size());
      return new PageBytes(
          checkCount(h.getNum_values(), body.length),
          Required.member(h.getEncoding(), "encoding"),
          NONE,
          body,
          0);
    } catch (IOException | RuntimeException e) {
      throw corrupt("dictionary", column, e, place);
    }
  }

  private static CorruptBlockException corrupt(
      String what, ColumnPages column, Exception e, String place) {
    return new CorruptBlockException(
        "cannot decode "
            + what
            + " of column \""
            + column.name()
            + "\": "
            + e.getMessage()
            + " [object="
            + place
            + "]; convert this block again",
        e);
  }

  private static int checkCount(int values, int bytes) throws IOException {
    // A value takes at least its four bytes of length.
    if (values < 0 || values > bytes / 4) {
      throw new IOException(values + " dictionary values in " + bytes + " bytes");
    }
    return values;
  }

  private static PageBytes v2(ColumnPages column, Raw raw, int rows) throws IOException {
    DataPageHeaderV2 h = Required.member(raw.header.getData_page_header_v2(), "page header");
    int levelBytes = h.getDefinition_levels_byte_length();
    if (h.getNum_rows() != rows
        || h.getNum_values() != rows
        || h.getRepetition_levels_byte_length() != 0
        || levelBytes < 0
        || levelBytes > raw.length
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
    byte[] levels =
        levelBytes == 0
            ? NONE
            : java.util.Arrays.copyOfRange(raw.bytes, raw.from, raw.from + levelBytes);
    int from = raw.from + levelBytes;
    int length = raw.length - levelBytes;
    int uncompressed = raw.header.getUncompressed_page_size() - levelBytes;
    boolean compressed = !h.isSetIs_compressed() || h.isIs_compressed();
    byte[] body =
        decompress(
            compressed ? column.codec() : CompressionCodec.UNCOMPRESSED,
            raw.bytes,
            from,
            length,
            uncompressed);
    return new PageBytes(rows, Required.member(h.getEncoding(), "encoding"), levels, body, 0);
  }

  private static PageBytes v1(ColumnPages column, Raw raw, int rows) throws IOException {
    DataPageHeader h = Required.member(raw.header.getData_page_header(), "page header");
    if (h.getNum_values() != rows) {
      throw new IOException(h.getNum_values() + " values, expected " + rows);
    }
    byte[] all =
        decompress(
            column.codec(),
            raw.bytes,
            raw.from,
            raw.length,
            raw.header.getUncompressed_page_size());
    if (!column.isOptional()) {
      return new PageBytes(rows, Required.member(h.getEncoding(), "encoding"), NONE, all, 0);
    }
    if (all.length < 4) {
      throw new IOException("no definition levels");
    }
    int n = ByteBuffer.wrap(all).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt();
    if (n < 0 || n > all.length - 4) {
      throw new IOException(n + " bytes of definition levels in " + all.length);
    }
    return new PageBytes(
        rows,
        Required.member(h.getEncoding(), "encoding"),
        java.util.Arrays.copyOfRange(all, 4, 4 + n),
        all,
        4 + n);
  }

  private static byte[] decompress(
      CompressionCodec codec, byte[] bytes, int from, int length, int uncompressed)
      throws IOException {
    if (uncompressed < 0 || uncompressed > MAX_PAGE_BYTES) {
      throw new IOException("uncompressed size " + uncompressed + ", at most " + MAX_PAGE_BYTES);
    }
    if (codec == CompressionCodec.UNCOMPRESSED) {
      if (length != uncompressed) {
        throw new IOException(length + " bytes, expected " + uncompressed);
      }
      return java.util.Arrays.copyOfRange(bytes, from, from + length);
    }
    if (codec != CompressionCodec.ZSTD) {
      throw new IOException("compression " + codec + " is not supported, expected ZSTD");
    }
    if (length == 0 && uncompressed == 0) {
      return NONE;
    }
    long stated = Zstd.getFrameContentSize(bytes, from, length);
    if (stated != uncompressed && stated > 0) {
      throw new IOException("compressed frame of " + stated + " bytes, expected " + uncompressed);
    }
    byte[] out = new byte[uncompressed];
    long n = Zstd.decompressByteArray(out, 0, uncompressed, bytes, from, length);
    if (Zstd.isError(n) || n != uncompressed) {
      throw new IOException(
          Zstd.isError(n)
              ? "zstd: " + Zstd.getErrorName(n)
              : n + " bytes decompressed, expected " + uncompressed);
    }
    return out;
  }

  /// Header and compressed body, checksum compared.
  private record Raw(PageHeader header, byte[] bytes, int from, int length) {
    static Raw of(ByteBuffer page) throws IOException {
      byte[] bytes;
      int start;
      if (page.hasArray()) {
        bytes = page.array();
        start = page.arrayOffset() + page.position();
      } else {
        bytes = new byte[page.remaining()];
        page.duplicate().get(bytes);
        start = 0;
      }
      int end = start + page.remaining();
      ByteArrayInputStream in = new ByteArrayInputStream(bytes, start, end - start);
      PageHeader header = Util.readPageHeader(in);
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
      return new Raw(header, bytes, from, end - from);
    }
  }
}
