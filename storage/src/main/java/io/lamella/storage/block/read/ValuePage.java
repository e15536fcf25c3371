package io.lamella.storage.block.read;

import io.lamella.storage.block.CorruptBlockException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.format.Encoding;

/// A decoded page of byte values in DELTA_LENGTH_BYTE_ARRAY: one array with all values back to
/// back, and where each begins. Used for data columns and the series hash.
public final class ValuePage {
  private final byte[] bytes;
  private final int[] starts;

  private ValuePage(byte[] bytes, int[] starts) {
    this.bytes = bytes;
    this.starts = starts;
  }

  /// The array that all values lie in; not to be changed.
  public byte[] bytes() {
    return bytes;
  }

  /// Where the value of a row of the page begins.
  public int from(int row) {
    return starts[row];
  }

  public int length(int row) {
    return starts[row + 1] - starts[row];
  }

  public int rows() {
    return starts.length - 1;
  }

  /// Bytes that the page keeps in memory.
  public int retainedBytes() {
    return bytes.length + 4 * starts.length;
  }

  public static ValuePage decode(ColumnPages column, ByteBuffer page, int rows, String place)
      throws CorruptBlockException {
    PageBytes p = PageBytes.data(column, page, rows, place);
    try {
      if (p.encoding() != Encoding.DELTA_LENGTH_BYTE_ARRAY) {
        throw new IOException("encoding " + p.encoding() + ", expected DELTA_LENGTH_BYTE_ARRAY");
      }
      DeltaDecoder decoder = new DeltaDecoder(p.body(), p.bodyFrom(), p.body().length);
      long[] lengths = decoder.decode(rows);
      int[] starts = new int[rows + 1];
      long at = decoder.position();
      for (int i = 0; i < rows; i++) {
        starts[i] = (int) at;
        if (lengths[i] < 0 || lengths[i] > p.body().length - at) {
          throw new IOException(
              "value " + i + " of " + lengths[i] + " bytes, " + (p.body().length - at) + " left");
        }
        at += lengths[i];
      }
      starts[rows] = (int) at;
      if (at != p.body().length) {
        throw new IOException((p.body().length - at) + " bytes left over");
      }
      return new ValuePage(p.body(), starts);
    } catch (IOException e) {
      throw new CorruptBlockException(
          "cannot decode page of column \""
              + column.name()
              + "\": "
              + e.getMessage()
              + " [object="
              + place
              + "]",
          e);
    }
  }
}
