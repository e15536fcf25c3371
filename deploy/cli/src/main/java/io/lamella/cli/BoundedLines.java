package io.lamella.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Lines of a stream from outside: none is longer than a limit, and each has an end.
final class BoundedLines {
  private final InputStream in;
  private final int maxBytes;
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int limit;

  BoundedLines(InputStream in, int maxBytes) {
    this.in = in;
    this.maxBytes = maxBytes;
  }

  /// A stream that is no lines of text.
  static final class NoLineException extends IOException {
    NoLineException(String message) {
      super(message);
    }
  }

  /// The next line; empty at the end of the stream.
  ///
  /// @throws NoLineException where it is too long or no UTF-8
  /// @throws IOException where it cannot be read, or the stream ends in it
  Optional<String> next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    while (true) {
      int end = position;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      if (line.size() + end - position > maxBytes) {
        throw new NoLineException("a line is longer than " + maxBytes + " bytes");
      }
      line.write(buffer, position, end - position);
      position = end + 1;
      if (end < limit) {
        return Optional.of(text(line.toByteArray()));
      }
      position = 0;
      limit = in.read(buffer);
      if (limit < 0) {
        limit = 0;
        if (line.size() == 0) {
          return Optional.empty();
        }
        throw new IOException("it ended within a line");
      }
    }
  }

  private static String text(byte[] line) throws NoLineException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
    } catch (CharacterCodingException e) {
      throw new NoLineException("a line is no UTF-8");
    }
  }
}
