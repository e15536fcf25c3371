package io.lamella.storage.bytes;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Reads a range of an array of untrusted bytes from front to back. Reading past the end is an
/// error that names the position. For one thread; the array is the caller's and is not changed.
public final class ByteCursor implements ByteSource<IOException> {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private final int end;
  private int at;

  /// @param end the first index that is not read
  public ByteCursor(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  /// The index of the next byte.
  public int position() {
    return at;
  }

  /// How many bytes are left.
  public int remaining() {
    return end - at;
  }

  public boolean isAtEnd() {
    return at >= end;
  }

  /// Skips bytes.
  ///
  /// @param what they are, for the message
  /// @return the index of the first of them
  /// @throws IOException where fewer are left
  public int skip(long n, String what) throws IOException {
    if (n < 0 || n > end - at) {
      throw new IOException(what + " of " + n + " bytes with " + (end - at) + " bytes left");
    }
    int from = at;
    at += (int) n;
    return from;
  }

  @Override
  public int next() throws IOException {
    if (at >= end) {
      throw new IOException("bytes cut off at byte " + at);
    }
    return bytes[at++] & 0xff;
  }

  @Override
  public IOException tooLong() {
    return new IOException("varint of more than 64 bits at byte " + at);
  }

  /// The next unsigned varint.
  public long unsigned() throws IOException {
    if (end - at < 8) {
      return Varints.readUnsigned(this);
    }
    long eight = (long) LONG.get(bytes, at);
    long last = ~eight & 0x8080808080808080L;
    if (last == 0) {
      return Varints.readUnsigned(this);
    }
    // The bytes up to the first one without its highest bit, each without it, pushed together.
    int bits = Long.numberOfTrailingZeros(last) + 1;
    at += bits >>> 3;
    long v = eight & -1L >>> (64 - bits) & 0x7f7f7f7f7f7f7f7fL;
    v = v & 0x007f007f007f007fL | (v & 0x7f007f007f007f00L) >>> 1;
    v = v & 0x00003fff00003fffL | (v & 0x3fff00003fff0000L) >>> 2;
    return v & 0x000000000fffffffL | (v & 0x0fffffff00000000L) >>> 4;
  }

  /// The next signed varint.
  public long signed() throws IOException {
    return Varints.readSigned(this);
  }
}
