package io.lamella.storage.tsdb.write;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A new file that is written from its start to its end and counts its bytes.
final class AppendedFile implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 17;

  private final OutputStream out;
  private long position;

  private AppendedFile(OutputStream out) {
    this.out = out;
  }

  static AppendedFile create(Path path) throws IOException {
    return new AppendedFile(
        new BufferedOutputStream(
            Files.newOutputStream(path, StandardOpenOption.CREATE_NEW), BUFFER_BYTES));
  }

  long position() {
    return position;
  }

  void write(ByteSink sink) throws IOException {
    out.write(sink.array(), 0, sink.size());
    position += sink.size();
  }

  /// Zeros up to a multiple of `alignment`.
  void align(int alignment) throws IOException {
    while (position % alignment != 0) {
      out.write(0);
      position++;
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
