package io.lamella.gateway.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;

/// A file that is appended to and that others may rename, remove or truncate. Used by one thread.
final class RotatedFile implements AutoCloseable {
  private final Path path;
  private FileChannel channel;
  private Optional<Object> identity;

  private RotatedFile(Path path) throws IOException {
    this.path = path;
    channel = openChannel(path);
    identity = identity(path);
  }

  /// Opens the file, which is created where there is none.
  static RotatedFile open(Path path) throws IOException {
    return new RotatedFile(path);
  }

  private static FileChannel openChannel(Path path) throws IOException {
    return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /// Device and inode; empty where there is no such file, or where the file system has neither.
  private static Optional<Object> identity(Path path) throws IOException {
    try {
      return Optional.ofNullable(Files.readAttributes(path, BasicFileAttributes.class).fileKey());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  Path path() {
    return path;
  }

  /// Appends to the file that has the name now.
  void append(ByteBuffer bytes) throws IOException {
    if (!channel.isOpen() || !Objects.equals(identity, identity(path)) || Files.notExists(path)) {
      channel.close();
      channel = openChannel(path);
      identity = identity(path);
    }
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
