package io.lamella.storage.block.read;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
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
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageLocation;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;

/// Wraps an encoded body into a valid page with header, checksum and compression, so that tests can
/// pass any bytes to the decoders.
final class EncodedPage {
  private static final byte[] NONE = {};

  private EncodedPage() {}

  /// A column of one page.
  static ColumnPages column(boolean optional, int rows) {
    ColumnMetaData meta =
        new ColumnMetaData(
            Type.BYTE_ARRAY, List.of(), List.of("c"), CompressionCodec.ZSTD, rows, 1, 1, 4);
    ByteBuffer none = ByteBuffer.allocate(0);
    try {
      return ColumnPages.of(
          "c",
          optional,
          meta,
          new ColumnIndex(List.of(false), List.of(none), List.of(none), BoundaryOrder.UNORDERED),
          new OffsetIndex(List.of(new PageLocation(4, 100, 0))),
          rows,
          1 << 20);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] array(BytesInput encoded) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      encoded.writeAllTo(out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static ByteBuffer data(int rows, Encoding encoding, byte[] body) {
    return data(rows, encoding, NONE, body, _ -> {});
  }

  /// A data page of version 2.
  ///
  /// @param change modifies the header after the checksum was set
  static ByteBuffer data(
      int rows, Encoding encoding, byte[] levels, byte[] body, Consumer<PageHeader> change) {
    byte[] compressed = body.length == 0 ? NONE : Zstd.compress(body);
    PageHeader h =
        new PageHeader(
            PageType.DATA_PAGE_V2, levels.length + body.length, levels.length + compressed.length);
    h.setData_page_header_v2(
        new DataPageHeaderV2(rows, 0, rows, encoding, levels.length, 0).setIs_compressed(true));
    return page(h, levels, compressed, change);
  }

  static ByteBuffer dictionary(int values, byte[] body, Consumer<PageHeader> change) {
    byte[] compressed = body.length == 0 ? NONE : Zstd.compress(body);
    PageHeader h = new PageHeader(PageType.DICTIONARY_PAGE, body.length, compressed.length);
    h.setDictionary_page_header(new DictionaryPageHeader(values, Encoding.PLAIN));
    return page(h, NONE, compressed, change);
  }

  private static ByteBuffer page(
      PageHeader header, byte[] levels, byte[] body, Consumer<PageHeader> change) {
    CRC32 crc = new CRC32();
    crc.update(levels);
    crc.update(body);
    header.setCrc((int) crc.getValue());
    change.accept(header);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      Util.writePageHeader(header, out);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    out.writeBytes(levels);
    out.writeBytes(body);
    return ByteBuffer.wrap(out.toByteArray());
  }
}
