package io.lamella.storage.chunk;

/// How a chunk's samples are encoded, with Prometheus' number for it.
public enum ChunkEncoding {
  XOR(1),
  HISTOGRAM(2),
  FLOAT_HISTOGRAM(3),
  XOR2(4),
  HISTOGRAM_ST(5),
  FLOAT_HISTOGRAM_ST(6);

  private final int id;

  ChunkEncoding(int id) {
    this.id = id;
  }

  public int id() {
    return id;
  }

  /// True for those that parquet-common and Thanos know: 1 to 3.
  public boolean isWidelyKnown() {
    return id <= 3;
  }

  /// @throws CorruptChunkException for a number that no encoding has
  public static ChunkEncoding ofId(int id) throws CorruptChunkException {
    if (id < 1 || id > 6) {
      throw new CorruptChunkException("cannot decode chunk: encoding " + id + ", expected 1 to 6");
    }
    return values()[id - 1];
  }
}
