package io.lamella.storage.block.read;

import io.lamella.storage.block.CorruptBlockException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.format.Encoding;

/// Decodes a page of 64-bit integers in DELTA_BINARY_PACKED.
public final class NumberPage {
  private NumberPage() {}

  public static long[] decode(ColumnPages column, ByteBuffer page, int rows, String place)
      throws CorruptBlockException {
    PageBytes p = PageBytes.data(column, page, rows, place);
    try {
      if (p.encoding() != Encoding.DELTA_BINARY_PACKED) {
        throw new IOException("encoding " + p.encoding() + ", expected DELTA_BINARY_PACKED");
      }
      return new DeltaDecoder(p.body(), p.bodyFrom(), p.body().length).decode(rows);
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
