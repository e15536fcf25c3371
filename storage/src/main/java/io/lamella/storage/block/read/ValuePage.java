package io.lamella.storage.block.read;

import io.lamella.storage.block.CorruptBlockException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageType;

/// A decoded page of byte values in DELTA_LENGTH_BYTE_ARRAY: one array with all values back to
/// back, and the start of each value. Used for data columns and the series hash.
public final class ValuePage {
  private final byte[] bytes;
  private final int[] starts;

  private ValuePage(byte[] bytes, int[] starts) {
    this.bytes = bytes;
    this.starts = starts;
  }

  /// The array with all values; not to be changed.
  public byte[] bytes() {
    return bytes;
  }

  /// The start of the value of a row of the page.
  public int from(int row) {
    return starts[row];
  }

  public int length(int row) {
    return starts[row + 1] - starts[row];
  }

  public int rows() {
    return starts.length - 1;
  }

  /// The number of bytes that the page uses in memory.
  public int retainedBytes() {
    return bytes.length + 4 * starts.length;
  }

  /// The memory that decoding a page takes, by its header, which is checked against a bound. To be
  /// reserved before [#decode].
  ///
  /// @throws CorruptBlockException where the header is damaged or states too much
  public static long memoryBytes(ColumnPages column, ByteBuffer page, int rows, String place)
      throws CorruptBlockException {
    return PageBytes.stated(column, page, PageType.DATA_PAGE_V2, place).bytes() + 12L * rows + 64;
  }

  /// Decodes a page.
  ///
  /// @param rows how many rows the page must have
  /// @param place the object's name, for messages
  /// @throws CorruptBlockException where the page is damaged
  public static ValuePage decode(ColumnPages column, ByteBuffer page, int rows, String place)
      throws CorruptBlockException {
    PageBytes p = PageBytes.data(column, page, rows, Encoding.DELTA_LENGTH_BYTE_ARRAY, place);
    try {
      return new ValuePage(p.body(), starts(p.body(), 0, rows));
    } catch (IOException e) {
      throw p.corrupt(e);
    }
  }

  /// The start of each value in the body, and the end of the last one.
  static int[] starts(byte[] body, int from, int rows) throws IOException {
    DeltaDecoder decoder = new DeltaDecoder(body, from, body.length);
    long[] lengths = decoder.decode(rows);
    int[] starts = new int[rows + 1];
    int at = decoder.position();
    for (int i = 0; i < rows; i++) {
      starts[i] = at;
      if (lengths[i] < 0 || lengths[i] > body.length - at) {
        throw new IOException(
            "value " + i + " of " + lengths[i] + " bytes, " + (body.length - at) + " left");
      }
      at += (int) lengths[i];
    }
    starts[rows] = at;
    if (at != body.length) {
      throw new IOException((body.length - at) + " bytes left over");
    }
    return starts;
  }
}
