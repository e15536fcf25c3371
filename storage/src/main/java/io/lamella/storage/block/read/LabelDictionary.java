package io.lamella.storage.block.read;

import io.lamella.model.Utf8Order;
import io.lamella.storage.block.CorruptBlockException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.format.Encoding;

/// The distinct values of a label column in one row group, in the order of their codes. Pages of
/// plain values, which other writers append when a dictionary grows too large, add values of their
/// own; used by one thread.
public final class LabelDictionary {
  private String[] values;

  private LabelDictionary(String[] values) {
    this.values = values;
  }

  /// Adds values behind the others; the code of the first of them.
  int append(String[] more) {
    int first = values.length;
    values = java.util.Arrays.copyOf(values, first + more.length);
    System.arraycopy(more, 0, values, first, more.length);
    return first;
  }

  public int size() {
    return values.length;
  }

  public String value(int code) {
    return values[code];
  }

  /// Decodes a dictionary page.
  public static LabelDictionary decode(ColumnPages column, ByteBuffer page, String place)
      throws CorruptBlockException {
    PageBytes p = PageBytes.dictionary(column, page, place);
    try {
      if (p.encoding() != Encoding.PLAIN && p.encoding() != Encoding.PLAIN_DICTIONARY) {
        throw new IOException("encoding " + p.encoding());
      }
      String[] values = new String[p.values()];
      int end = plain(p.body(), 0, values);
      if (end != p.body().length) {
        throw new IOException((p.body().length - end) + " bytes left over");
      }
      return new LabelDictionary(values);
    } catch (IOException e) {
      throw new CorruptBlockException(
          "cannot decode dictionary of column \""
              + column.name()
              + "\": "
              + e.getMessage()
              + " [object="
              + place
              + "]",
          e);
    }
  }

  /// Reads PLAIN byte arrays; returns where they end.
  static int plain(byte[] b, int from, String[] out) throws IOException {
    int at = from;
    for (int i = 0; i < out.length; i++) {
      if (b.length - at < 4) {
        throw new IOException("value " + i + " cut off");
      }
      int n =
          (b[at] & 0xff)
              | (b[at + 1] & 0xff) << 8
              | (b[at + 2] & 0xff) << 16
              | (b[at + 3] & 0xff) << 24;
      at += 4;
      if (n < 0 || n > b.length - at) {
        throw new IOException("value " + i + " of " + n + " bytes, " + (b.length - at) + " left");
      }
      out[i] = Utf8Order.decode(b, at, n);
      at += n;
    }
    return at;
  }
}
