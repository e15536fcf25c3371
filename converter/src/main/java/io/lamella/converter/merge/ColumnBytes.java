package io.lamella.converter.merge;

import io.lamella.storage.chunk.ChunkEncoding;
import java.util.Arrays;

/// The value of one data column under construction: chunk records back to back. As
/// `ByteArrayOutputStream`, but without a lock for each byte.
final class ColumnBytes {
  private static final int MAX_HEADER_BYTES = 32;

  private byte[] bytes = new byte[4096];
  private int size;

  void clear() {
    size = 0;
  }

  void add(ChunkEncoding encoding, long minMillis, long maxMillis, byte[] chunk) {
    int needed = Math.addExact(size, MAX_HEADER_BYTES + chunk.length);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, (int) Math.min(2L * bytes.length, 1 << 30)));
    }
    unsigned(encoding.id());
    unsigned(minMillis);
    unsigned(maxMillis);
    unsigned(chunk.length);
    System.arraycopy(chunk, 0, bytes, size, chunk.length);
    size += chunk.length;
  }

  private void unsigned(long v) {
    long rest = v;
    while ((rest & ~0x7fL) != 0) {
      bytes[size++] = (byte) (rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  byte[] copy() {
    return Arrays.copyOf(bytes, size);
  }
}
