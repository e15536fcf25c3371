package io.lamella.storage.block.read;

import io.lamella.storage.block.CorruptBlockException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.parquet.format.Encoding;

/// Decodes a page of byte values in DELTA_BYTE_ARRAY: each value is a prefix of the previous value,
/// followed by a suffix. Used for [io.lamella.storage.block.BlockSchema#COLUMN_NUMBERS].
public final class PrefixedPage {
  /// The maximum size of the decoded values of a page; larger pages are refused.
  private static final long MAX_BYTES = 1 << 28;

  private PrefixedPage() {}

  /// The values of a page's rows. Consecutive equal values share an array; not to be changed.
  ///
  /// @param rows how many rows the page must have
  /// @param place the object's name, for messages
  /// @throws CorruptBlockException where the page is damaged
  public static byte[][] decode(ColumnPages column, ByteBuffer page, int rows, String place)
      throws CorruptBlockException {
    PageBytes p = PageBytes.data(column, page, rows, Encoding.DELTA_BYTE_ARRAY, place);
    try {
      return values(p.body(), 0, rows);
    } catch (IOException e) {
      throw p.corrupt(e);
    }
  }

  static byte[][] values(byte[] body, int from, int rows) throws IOException {
    DeltaDecoder first = new DeltaDecoder(body, from, body.length);
    long[] prefixes = first.decode(rows);
    DeltaDecoder second = new DeltaDecoder(body, first.position(), body.length);
    long[] suffixes = second.decode(rows);
    byte[][] out = new byte[rows][];
    byte[] before = {};
    int at = second.position();
    long total = 0;
    for (int i = 0; i < rows; i++) {
      long prefix = prefixes[i];
      long suffix = suffixes[i];
      if (prefix < 0 || prefix > before.length || suffix < 0 || suffix > body.length - at) {
        throw new IOException(
            "value " + i + " of " + prefix + " prefix and " + suffix + " suffix bytes");
      }
      total += prefix + suffix;
      if (total > MAX_BYTES) {
        throw new IOException("values of more than " + MAX_BYTES + " bytes");
      }
      byte[] value = before;
      if (suffix > 0 || prefix < before.length) {
        value = Arrays.copyOf(before, (int) (prefix + suffix));
        System.arraycopy(body, at, value, (int) prefix, (int) suffix);
      }
      at += (int) suffix;
      out[i] = value;
      before = value;
    }
    if (at != body.length) {
      throw new IOException((body.length - at) + " bytes left over");
    }
    return out;
  }
}
