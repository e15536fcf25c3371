package io.lamella.storage.block;

import io.lamella.storage.bytes.ByteCursor;
import io.lamella.storage.bytes.Varints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/// A value of [BlockSchema#COLUMN_NUMBERS]: signed varints, first the count, then the ascending
/// leaf numbers, in the labels file, of the label columns that a row has.
public final class ColumnNumbers {
  private ColumnNumbers() {}

  /// @param numbers ascending
  public static byte[] encode(int[] numbers) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(numbers.length + 2);
    Varints.appendSigned(out, numbers.length);
    for (int n : numbers) {
      Varints.appendSigned(out, n);
    }
    return out.toByteArray();
  }

  /// @throws IOException where the bytes are not a valid list
  public static int[] decode(byte[] value) throws IOException {
    ByteCursor in = new ByteCursor(value, 0, value.length);
    long count = in.signed();
    if (count < 0 || count > value.length) {
      throw new IOException(
          "cannot decode column numbers: count " + count + " in " + value.length + " bytes");
    }
    int[] out = new int[(int) count];
    int before = -1;
    for (int i = 0; i < out.length; i++) {
      long n = in.signed();
      if (n <= before || n > Integer.MAX_VALUE) {
        throw new IOException("cannot decode column numbers: " + n + " after " + before);
      }
      before = (int) n;
      out[i] = before;
    }
    if (!in.isAtEnd()) {
      throw new IOException("cannot decode column numbers: bytes left over");
    }
    return out;
  }
}
