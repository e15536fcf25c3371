package io.lamella.storage.object;

/// A half-open range of bytes `[start, end)`, at least one byte long.
public record ByteRange(long start, long end) {
  public ByteRange {
    if (start < 0 || end <= start) {
      throw new IllegalArgumentException(
          "cannot make a byte range of [" + start + ", " + end + ")");
    }
  }

  public static ByteRange ofLength(long start, long length) {
    return new ByteRange(start, Math.addExact(start, length));
  }

  public long length() {
    return end - start;
  }

  @Override
  public String toString() {
    return "[" + start + ", " + end + ")";
  }
}
