package io.lamella.storage.bytes;

import java.io.ByteArrayOutputStream;

/// LEB128 integers of up to 64 bits, seven bits a byte, the lowest first, as Go's `encoding/binary`
/// and Parquet write them. Signed ones are in zig-zag form.
public final class Varints {
  private Varints() {}

  /// Reads an unsigned integer.
  ///
  /// @throws E where the bytes end before it does, or it has more than 64 bits
  public static <E extends Exception> long readUnsigned(ByteSource<E> in) throws E {
    long v = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int b = in.next();
      v |= (b & 0x7fL) << shift;
      if (b < 0x80) {
        return v;
      }
    }
    int last = in.next();
    if (last > 1) {
      throw in.tooLong();
    }
    return v | (long) last << 63;
  }

  /// Reads a signed integer.
  ///
  /// @throws E as [#readUnsigned]
  public static <E extends Exception> long readSigned(ByteSource<E> in) throws E {
    long v = readUnsigned(in);
    return v >>> 1 ^ -(v & 1);
  }

  /// Writes an unsigned integer.
  public static void writeUnsigned(ByteTarget out, long v) {
    long rest = v;
    while ((rest & ~0x7fL) != 0) {
      out.put((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.put((int) rest);
  }

  /// Writes a signed integer.
  public static void writeSigned(ByteTarget out, long v) {
    writeUnsigned(out, v << 1 ^ v >> 63);
  }

  /// Appends an unsigned integer to a stream.
  public static void appendUnsigned(ByteArrayOutputStream out, long v) {
    writeUnsigned(out::write, v);
  }

  /// Appends a signed integer to a stream.
  public static void appendSigned(ByteArrayOutputStream out, long v) {
    writeSigned(out::write, v);
  }
}
