package io.lamella.gateway.backtest.request;

import io.lamella.gateway.association.Associations;
import io.lamella.gateway.process.WatchedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;

/// A file with the [Associations] of a gateway, which is read again when it changes. Its form is
/// that of a backtest's request, of which it has one field. A change that cannot be used is logged,
/// and what was read before stays.
public final class AssociationsFile implements Supplier<Associations>, AutoCloseable {
  private final WatchedFile file;
  private volatile Associations current;

  private AssociationsFile(WatchedFile file, Associations first) {
    this.file = file;
    this.current = first;
  }

  /// Reads a file, and again when it changes, until this is closed.
  ///
  /// @throws IOException where it cannot be read or used
  public static AssociationsFile open(Path path) throws IOException {
    AssociationsFile out = read(path);
    out.file.watch(out::change);
    return out;
  }

  static AssociationsFile read(Path path) throws IOException {
    WatchedFile file = new WatchedFile(path, "associations");
    try {
      return new AssociationsFile(file, file.open(AssociationsReader::file));
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /// Reads what has changed.
  void refresh() throws InterruptedException {
    file.refresh(this::change);
  }

  private void change(String text) {
    current = AssociationsReader.file(text);
  }

  /// The associations as the file has them now.
  @Override
  public Associations get() {
    return current;
  }

  @Override
  public void close() {
    file.close();
  }
}
