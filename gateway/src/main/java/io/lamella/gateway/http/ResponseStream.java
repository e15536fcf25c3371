package io.lamella.gateway.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Encodes the text of a response as UTF-8 and sends it in pieces of 64 KiB. So the client reads
/// the beginning of a large response while the rest is still being printed, and the response is
/// never in memory as a whole.
final class ResponseStream {
  private static final int PIECE = 64 << 10;

  private final OutputStream to;
  private final StringBuilder text = new StringBuilder(4096);
  private final byte[] piece = new byte[PIECE];
  private int size;

  /// @param to closed at the end
  ResponseStream(OutputStream to) {
    this.to = to;
  }

  /// The text to append to. [#flushIfLarge] and [#write] may empty it.
  StringBuilder text() {
    return text;
  }

  /// Encodes the text if it is at least a piece long. Not to be called between the two halves of a
  /// surrogate pair.
  void flushIfLarge() throws IOException {
    if (text.length() >= PIECE) {
      encode();
    }
  }

  /// Writes bytes that are already UTF-8, after the text so far.
  void write(byte[] encoded) throws IOException {
    if (!text.isEmpty()) {
      encode();
    }
    int length = encoded.length;
    if (size + length > PIECE) {
      send();
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
    write(encoded);
  }

  /// @throws InterruptedIOException where the request was cancelled or its time is up
  private void send() throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("request was cancelled while its response was sent");
    }
    to.write(piece, 0, size);
    size = 0;
  }

  /// Sends what there is now, so that the client reads it while more is computed.
  ///
  /// @throws InterruptedIOException where the request was cancelled or its time is up
  void flush() throws IOException {
    encode();
    send();
    to.flush();
  }

  /// Sends what is left. After a failure of printing or sending, the stream is to be dropped
  /// instead, so that the response stays incomplete.
  void finish() throws IOException {
    encode();
    send();
    to.close();
  }
}
