package io.lamella.storage.chunk;

/// An encoded chunk. It owns its array.
public final class EncodedChunk {
  private final ChunkEncoding encoding;
  private final long minTimeMillis;
  private final long maxTimeMillis;
  private final int samples;
  private final byte[] bytes;

  /// @param minTimeMillis time of the first sample, `maxTimeMillis` of the last
  public EncodedChunk(
      ChunkEncoding encoding, long minTimeMillis, long maxTimeMillis, int samples, byte[] bytes) {
    this.encoding = encoding;
    this.minTimeMillis = minTimeMillis;
    this.maxTimeMillis = maxTimeMillis;
    this.samples = samples;
    this.bytes = bytes;
  }

  public ChunkEncoding encoding() {
    return encoding;
  }

  public long minTimeMillis() {
    return minTimeMillis;
  }

  public long maxTimeMillis() {
    return maxTimeMillis;
  }

  public int samples() {
    return samples;
  }

  public byte[] bytes() {
    return bytes;
  }
}
