package io.lamella.gateway.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// JSON on its way out: text is gathered and handed on in pieces, so that a large answer is on the
/// wire, and read by the client, while its rest is still being printed, and is never in memory
/// whole.
final class JsonOut implements AutoCloseable {
  private static final int PIECE = 64 << 10;

  private final OutputStream to;
  private final StringBuilder text = new StringBuilder(4096);
  private final byte[] piece = new byte[PIECE];
  private int size;

  /// @param to closed with this
  JsonOut(OutputStream to) {
    this.to = to;
  }

  /// Where to append. What was appended before the last call of [#handOn] or [#add] may be gone
  /// from it.
  StringBuilder text() {
    return text;
  }

  /// Hands on what was gathered, if that is worth it; to be called between characters.
  void handOn() throws IOException {
    if (text.length() >= PIECE) {
      encode();
    }
  }

  /// Adds what is encoded already.
  void add(byte[] encoded) throws IOException {
    if (!text.isEmpty()) {
      encode();
    }
    int length = encoded.length;
    if (size + length > PIECE) {
      write();
      if (length > PIECE) {
        to.write(encoded);
        return;
      }
    }
    System.arraycopy(encoded, 0, piece, size, length);
    size += length;
  }

  private void encode() throws IOException {
    byte[] encoded = text.toString().getBytes(StandardCharsets.UTF_8);
    text.setLength(0);
    add(encoded);
  }

  private void write() throws IOException {
    to.write(piece, 0, size);
    size = 0;
  }

  @Override
  public void close() throws IOException {
    encode();
    write();
    to.close();
  }
}
