package io.lamella.storage.tsdb;

import io.lamella.storage.chunk.ChunkEncoding;

/// A chunk's payload; its checksum was verified. The array belongs to the caller.
public final class ChunkBytes {
  private final ChunkEncoding encoding;
  private final byte[] bytes;

  public ChunkBytes(ChunkEncoding encoding, byte[] bytes) {
    this.encoding = encoding;
    this.bytes = bytes;
  }

  public ChunkEncoding encoding() {
    return encoding;
  }

  public byte[] bytes() {
    return bytes;
  }
}
