package io.lamella.storage.chunk;

/// Writes the start timestamps that [StartTimestamps] reads. The header byte is complete only after
/// the last sample.
final class StartTimestampsWriter {
  /// The first sample with a start timestamp of its own must have a number of seven bits.
  private static final int LAST_FIRST = 127;

  private int header;
  private long start;
  private long distance;

  /// Writes the start timestamp after sample 0.
  void first(BitWriter out, long time, long startTime) {
    if (startTime != 0) {
      header = 0x80;
      start = startTime;
      out.svarint(time - startTime);
    }
  }

  /// Writes the start timestamp after sample `i`.
  void next(BitWriter out, int i, long timeBefore, long startTime) {
    int from = header & 0x7f;
    if (from == 0) {
      if (startTime == start && i < LAST_FIRST) {
        return;
      }
      header |= i;
      distance = timeBefore - startTime;
      out.varint(distance);
      return;
    }
    long now = timeBefore - startTime;
    out.varint(now - distance);
    distance = now;
  }

  int header() {
    return header;
  }
}
