package io.lamella.storage.block.read;

import io.lamella.model.Utf8Order;
import io.lamella.storage.block.CorruptBlockException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.format.PageType;

/// The distinct values of a label column in one row group, in the order of their codes. Immutable.
public final class LabelDictionary {
  private final String[] values;

  private LabelDictionary(String[] values) {
    this.values = values;
  }

  public int size() {
    return values.length;
  }

  public String value(int code) {
    return values[code];
  }

  /// The memory that decoding a dictionary takes, by its header; to be reserved before [#decode].
  /// Each value is a string beside the decompressed page.
  ///
  /// @throws CorruptBlockException where the header is damaged or states too much
  public static long memoryBytes(ColumnPages column, ByteBuffer page, String place)
      throws CorruptBlockException {
    PageBytes.Stated stated = PageBytes.stated(column, page, PageType.DICTIONARY_PAGE, place);
    return 3L * stated.bytes() + 56L * Math.min(stated.values(), stated.bytes() / 4) + 64;
  }

  /// Decodes a dictionary page.
  ///
  /// @param place the object's name, for messages
  /// @throws CorruptBlockException where the page is damaged
  public static LabelDictionary decode(ColumnPages column, ByteBuffer page, String place)
      throws CorruptBlockException {
    PageBytes p = PageBytes.dictionary(column, page, place);
    try {
      return new LabelDictionary(plain(p.body(), p.values()));
    } catch (IOException e) {
      throw p.corrupt(e);
    }
  }

  /// Reads PLAIN byte arrays: four bytes of length, little endian, and the value.
  private static String[] plain(byte[] b, int values) throws IOException {
    String[] out = new String[values];
    int at = 0;
    for (int i = 0; i < values; i++) {
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
    if (at != b.length) {
      throw new IOException((b.length - at) + " bytes left over");
    }
    return out;
  }
}
