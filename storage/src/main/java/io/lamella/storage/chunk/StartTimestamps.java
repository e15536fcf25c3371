package io.lamella.storage.chunk;

/// Reads the start timestamps inside a chunk (encodings 4 to 6). The header's top bit says that
/// sample 0 has one; the low seven bits are the first sample that has its own, 0 for none. Stored
/// are distances from the sample before, then changes of that distance.
final class StartTimestamps {
  private final boolean first;
  private final int from;
  private long start;
  private long distance;

  StartTimestamps(int header) {
    this.first = (header & 0x80) != 0;
    this.from = header & 0x7f;
  }

  /// Reads the start timestamp after sample 0.
  ///
  /// @return its start timestamp, 0 for unknown
  long first(BitReader in, long time) throws CorruptChunkException {
    if (first) {
      start = time - in.svarint();
    }
    return start;
  }

  /// Reads the start timestamp after sample `i`, 1 or more.
  long next(BitReader in, int i, long timeBefore) throws CorruptChunkException {
    if (from == 0 || i < from) {
      return start;
    }
    distance = i == from ? in.varint() : distance + in.varint();
    return timeBefore - distance;
  }
}
