package io.lamella.storage.bytes;

import java.io.IOException;

/// Reads a range of an array of untrusted bytes from front to back. Reading past the end is an
/// error that names the position. For one thread; the array is the caller's and is not changed.
public final class ByteCursor implements ByteSource<IOException> {
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
    return Varints.readUnsigned(this);
  }

  /// The next signed varint.
  public long signed() throws IOException {
    return Varints.readSigned(this);
  }
}
