package io.lamella.storage.block.read;

import io.lamella.storage.block.CorruptBlockException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageType;

/// Decodes a page of 64-bit numbers: integers in DELTA_BINARY_PACKED, or floats in
/// BYTE_STREAM_SPLIT, which are returned as their bits.
public final class NumberPage {
  private NumberPage() {}

  /// The memory that decoding a page takes, by its header; to be reserved before [#decode].
  ///
  /// @throws CorruptBlockException where the header is damaged or states too much
  public static long memoryBytes(ColumnPages column, ByteBuffer page, int rows, String place)
      throws CorruptBlockException {
    return PageBytes.stated(column, page, PageType.DATA_PAGE_V2, place).bytes() + 8L * rows + 64;
  }

  /// The values of a page's rows.
  ///
  /// @param rows how many rows the page must have
  /// @param place the object's name, for messages
  /// @throws CorruptBlockException where the page is damaged
  public static long[] decode(ColumnPages column, ByteBuffer page, int rows, String place)
      throws CorruptBlockException {
    if (column.isFloats()) {
      return floats(PageBytes.data(column, page, rows, Encoding.BYTE_STREAM_SPLIT, place), rows);
    }
    PageBytes p = PageBytes.data(column, page, rows, Encoding.DELTA_BINARY_PACKED, place);
    try {
      DeltaDecoder decoder = new DeltaDecoder(p.body(), 0, p.body().length);
      long[] out = decoder.decode(rows);
      if (decoder.position() != p.body().length) {
        throw new IOException((p.body().length - decoder.position()) + " bytes left over");
      }
      return out;
    } catch (IOException e) {
      throw p.corrupt(e);
    }
  }

  private static long[] floats(PageBytes p, int rows) throws CorruptBlockException {
    byte[] body = p.body();
    if (body.length != 8L * rows) {
      throw p.corrupt(new IOException(body.length + " bytes for " + rows + " floats"));
    }
    long[] out = new long[rows];
    for (int b = 0; b < 8; b++) {
      for (int r = 0; r < rows; r++) {
        out[r] |= (body[b * rows + r] & 0xffL) << 8 * b;
      }
    }
    return out;
  }
}
