package io.lamella.storage.tsdb.write;

import io.lamella.storage.bytes.ByteTarget;
import io.lamella.storage.bytes.Varints;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// A growing byte array: big-endian numbers, varints and checksums as in TSDB files.
final class ByteSink implements ByteTarget {
  private byte[] bytes = new byte[1 << 12];
  private int size;

  int size() {
    return size;
  }

  byte[] array() {
    return bytes;
  }

  void clear() {
    size = 0;
  }

  private void reserve(int more) {
    int needed = Math.addExact(size, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, Math.addExact(bytes.length, bytes.length / 2)));
    }
  }

  @Override
  public void put(int b) {
    reserve(1);
    bytes[size++] = (byte) b;
  }

  void u8(int v) {
    put(v);
  }

  void u32(long v) {
    reserve(4);
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (v >>> shift);
    }
  }

  void u64(long v) {
    u32(v >>> 32);
    u32(v);
  }

  void uvarint(long v) {
    Varints.writeUnsigned(this, v);
  }

  void svarint(long v) {
    Varints.writeSigned(this, v);
  }

  void bytes(byte[] b) {
    bytes(b, 0, b.length);
  }

  void bytes(byte[] b, int from, int length) {
    reserve(length);
    System.arraycopy(b, from, bytes, size, length);
    size += length;
  }

  /// A length and that many bytes.
  void string(byte[] utf8) {
    uvarint(utf8.length);
    bytes(utf8);
  }

  /// The CRC32C of the bytes from `from` on.
  void checksum(int from) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, size - from);
    u32(crc.getValue());
  }

  /// Sets four bytes that were written before.
  void patch(int at, long v) {
    for (int i = 0; i < 4; i++) {
      bytes[at + i] = (byte) (v >>> (24 - 8 * i));
    }
  }
}
