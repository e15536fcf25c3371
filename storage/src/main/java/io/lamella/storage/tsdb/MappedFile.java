package io.lamella.storage.tsdb;

import io.lamella.storage.bytes.ByteSource;
import io.lamella.storage.bytes.Varints;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/// A memory-mapped file. Every position is checked; reading outside of the file is an error that
/// names file and offset.
final class MappedFile {
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final Path path;
  private final MemorySegment bytes;

  private MappedFile(Path path, MemorySegment bytes) {
    this.path = path;
    this.bytes = bytes;
  }

  /// @param arena owns the mapping
  static MappedFile open(Path path, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long size = channel.size();
      return new MappedFile(
          path,
          size == 0
              ? MemorySegment.NULL
              : channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena));
    }
  }

  Path path() {
    return path;
  }

  long size() {
    return bytes.byteSize();
  }

  CorruptTsdbBlockException corrupt(long offset, String what) {
    return new CorruptTsdbBlockException(path, offset, what);
  }

  private void check(long offset, long length) throws CorruptTsdbBlockException {
    if (offset < 0 || length < 0 || offset > size() - length) {
      throw corrupt(offset, length + " bytes needed, the file has " + size());
    }
  }

  int u8(long offset) throws CorruptTsdbBlockException {
    check(offset, 1);
    return bytes.get(ValueLayout.JAVA_BYTE, offset) & 0xff;
  }

  long u32(long offset) throws CorruptTsdbBlockException {
    check(offset, 4);
    return bytes.get(U32, offset) & 0xffffffffL;
  }

  long u64(long offset) throws CorruptTsdbBlockException {
    check(offset, 8);
    return bytes.get(U64, offset);
  }

  /// A copy of some bytes.
  byte[] copy(long offset, long length) throws CorruptTsdbBlockException {
    check(offset, length);
    if (length > Integer.MAX_VALUE - 16) {
      throw corrupt(offset, length + " bytes are too many at once");
    }
    byte[] out = new byte[(int) length];
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, offset, out, 0, out.length);
    return out;
  }

  void copy(long offset, byte[] into, int length) throws CorruptTsdbBlockException {
    check(offset, length);
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, offset, into, 0, length);
  }

  /// Compares the CRC32C of a range with the four bytes after it.
  void checksum(long offset, long length, String what) throws CorruptTsdbBlockException {
    check(offset, length);
    long expected = u32(offset + length);
    CRC32C crc = new CRC32C();
    for (long at = offset; at < offset + length; ) {
      long n = Math.min(1 << 30, offset + length - at);
      ByteBuffer part = bytes.asSlice(at, n).asByteBuffer();
      crc.update(part);
      at += n;
    }
    if (crc.getValue() != expected) {
      throw corrupt(
          offset,
          String.format("checksum of %s %08x, expected %08x", what, crc.getValue(), expected));
    }
  }

  /// A cursor over `[from, end)`.
  FileCursor cursor(long from, long end) throws CorruptTsdbBlockException {
    check(from, end - from);
    return new FileCursor(from, end);
  }

  /// Reads one number after another, never past its end.
  final class FileCursor implements ByteSource<CorruptTsdbBlockException> {
    long at;
    private final long end;

    private FileCursor(long from, long end) {
      this.at = from;
      this.end = end;
    }

    boolean isAtEnd() {
      return at >= end;
    }

    long left() {
      return end - at;
    }

    long uvarint() throws CorruptTsdbBlockException {
      return Varints.readUnsigned(this);
    }

    @Override
    public int next() throws CorruptTsdbBlockException {
      if (at >= end) {
        throw corrupt(at, "a number is cut off");
      }
      return bytes.get(ValueLayout.JAVA_BYTE, at++) & 0xff;
    }

    @Override
    public CorruptTsdbBlockException tooLong() {
      return corrupt(at, "a number of more than 64 bits");
    }

    long svarint() throws CorruptTsdbBlockException {
      return Varints.readSigned(this);
    }

    /// A length that must lie before the end.
    int length(String what) throws CorruptTsdbBlockException {
      long n = uvarint();
      if (n < 0 || n > end - at) {
        throw corrupt(at, what + " of " + n + " bytes, " + (end - at) + " left");
      }
      return (int) Math.min(n, Integer.MAX_VALUE);
    }
  }
}
