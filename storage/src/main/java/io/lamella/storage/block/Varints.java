package io.lamella.storage.block;

import java.io.ByteArrayOutputStream;

/// LEB128 variable-length integers as Go's `encoding/binary` writes them.
final class Varints {
  private Varints() {}

  static void putUnsigned(ByteArrayOutputStream out, long v) {
    while ((v & ~0x7fL) != 0) {
      out.write((int) (v & 0x7f | 0x80));
      v >>>= 7;
    }
    out.write((int) v);
  }

  /// Zig-zag form.
  static void putSigned(ByteArrayOutputStream out, long v) {
    putUnsigned(out, v << 1 ^ v >> 63);
  }

  static long unzigzag(long v) {
    return v >>> 1 ^ -(v & 1);
  }
}
