package io.lamella.storage.block;

import io.lamella.storage.bytes.ByteCursor;
import io.lamella.storage.bytes.Varints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/// One chunk inside a value of a data column: `uvarint encoding, uvarint minTime, uvarint maxTime,
/// uvarint length`, then the chunk's bytes (as in parquet-common; times are the unsigned form of
/// the signed milliseconds). A value has any number of records back to back.
public final class ChunkRecord {
  private final int encoding;
  private final long minTimeMillis;
  private final long maxTimeMillis;
  private final byte[] bytes;
  private final int from;
  private final int length;

  /// @param bytes the array with this and other records; `[from, from + length)` is the chunk
  public ChunkRecord(
      int encoding, long minTimeMillis, long maxTimeMillis, byte[] bytes, int from, int length) {
    this.encoding = encoding;
    this.minTimeMillis = minTimeMillis;
    this.maxTimeMillis = maxTimeMillis;
    this.bytes = bytes;
    this.from = from;
    this.length = length;
  }

  public int encoding() {
    return encoding;
  }

  public long minTimeMillis() {
    return minTimeMillis;
  }

  public long maxTimeMillis() {
    return maxTimeMillis;
  }

  public byte[] bytes() {
    return bytes;
  }

  public int from() {
    return from;
  }

  public int length() {
    return length;
  }

  /// Receives the records of a value, one after another.
  @FunctionalInterface
  public interface RecordVisitor {
    void chunk(
        int encoding, long minTimeMillis, long maxTimeMillis, byte[] bytes, int from, int length)
        throws IOException;
  }

  /// Appends a record.
  public static void append(
      ByteArrayOutputStream out,
      int encoding,
      long minTimeMillis,
      long maxTimeMillis,
      byte[] bytes,
      int from,
      int length) {
    Varints.appendUnsigned(out, encoding);
    Varints.appendUnsigned(out, minTimeMillis);
    Varints.appendUnsigned(out, maxTimeMillis);
    Varints.appendUnsigned(out, length);
    out.write(bytes, from, length);
  }

  /// Visits each record of a value.
  ///
  /// @throws IOException where the bytes are not valid records; no memory is allocated by an
  ///   unchecked length
  public static void forEach(byte[] value, int from, int length, RecordVisitor visitor)
      throws IOException {
    ByteCursor in = new ByteCursor(value, from, from + length);
    while (!in.isAtEnd()) {
      long encoding = in.unsigned();
      long min = in.unsigned();
      long max = in.unsigned();
      long n = in.unsigned();
      if (encoding < 1 || encoding > 255 || min > max || n < 0 || n > in.remaining()) {
        throw new IOException(
            "cannot read chunk record: encoding "
                + encoding
                + ", times "
                + min
                + ".."
                + max
                + ", length "
                + n
                + " with "
                + in.remaining()
                + " bytes left");
      }
      visitor.chunk((int) encoding, min, max, value, in.skip(n, "chunk"), (int) n);
    }
  }

  /// All records of a value.
  public static List<ChunkRecord> all(byte[] value, int from, int length) throws IOException {
    List<ChunkRecord> out = new java.util.ArrayList<>();
    forEach(
        value,
        from,
        length,
        (e, min, max, b, at, n) -> out.add(new ChunkRecord(e, min, max, b, at, n)));
    return out;
  }
}
