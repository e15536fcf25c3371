package io.lamella.storage.block;

import java.io.IOException;

/// Reads varints from untrusted bytes; every overrun is an error that names the position.
final class ByteCursor {
  final byte[] bytes;
  final int end;
  int at;

  ByteCursor(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  boolean isAtEnd() {
    return at >= end;
  }

  long unsigned() throws IOException {
    long v = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at >= end) {
        throw new IOException("varint cut off at byte " + at);
      }
      byte b = bytes[at++];
      if (shift == 63 && (b & 0xfe) != 0) {
        throw new IOException("varint of more than 64 bits at byte " + at);
      }
      v |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return v;
      }
    }
    throw new IOException("varint of more than 10 bytes at byte " + at);
  }

  long signed() throws IOException {
    return Varints.unzigzag(unsigned());
  }
}
