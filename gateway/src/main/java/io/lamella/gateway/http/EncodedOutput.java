package io.lamella.gateway.http;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The body of a response that is encoded while it is written, unless it is small. Not thread-safe.
///
/// What is smaller than the first bytes that are held back is sent as it is.
final class EncodedOutput extends OutputStream {
  private static final int MIN_BYTES = 4 << 10;

  private final OutputStream to;
  private final ContentCoding coding;
  private final Runnable whenEncoded;
  private final byte[] held = new byte[MIN_BYTES];
  private int size;
  private boolean dropped;
  private boolean closed;
  private @Nullable OutputStream encoder;

  /// @param to closed at the end
  /// @param whenEncoded runs before the first byte, if the body is encoded
  EncodedOutput(OutputStream to, ContentCoding coding, Runnable whenEncoded) {
    this.to = to;
    this.coding = coding;
    this.whenEncoded = whenEncoded;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    if (encoder == null && size + length < MIN_BYTES) {
      System.arraycopy(bytes, from, held, size, length);
      size += length;
      return;
    }
    encoder().write(bytes, from, length);
  }

  private OutputStream encoder() throws IOException {
    OutputStream begun = encoder;
    if (begun == null) {
      whenEncoded.run();
      begun = coding.over(new Droppable());
      encoder = begun;
      begun.write(Arrays.copyOf(held, size));
    }
    return begun;
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    OutputStream begun = encoder;
    if (begun != null) {
      begun.close();
    } else if (!dropped) {
      to.write(held, 0, size);
      to.close();
    }
  }

  /// Frees the encoder of a body that was not written to its end; nothing more is sent, so that the
  /// client sees that it is incomplete. Does nothing after [#close].
  void drop() throws IOException {
    if (!closed) {
      dropped = true;
      close();
    }
  }

  /// The response, until it is dropped.
  private final class Droppable extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      if (!dropped) {
        to.write(bytes, from, length);
      }
    }

    @Override
    public void close() throws IOException {
      if (!dropped) {
        to.close();
      }
    }
  }
}
