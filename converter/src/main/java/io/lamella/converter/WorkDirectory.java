package io.lamella.converter;

import io.lamella.storage.object.local.DirectoryTree;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/// A directory for temporary files, deleted when closed. It contains a locked file. Directories of
/// killed runs are no longer locked and are removed when the next run starts.
final class WorkDirectory implements AutoCloseable {
  private static final String PREFIX = "lamella-convert-";
  private static final String LOCK = "lock";

  private final Path path;
  private final FileChannel channel;

  private WorkDirectory(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  static WorkDirectory create(Path parent) throws IOException {
    Files.createDirectories(parent);
    removeAbandoned(parent);
    Path path = Files.createTempDirectory(parent, PREFIX);
    FileChannel channel =
        FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (channel.tryLock() == null) {
      throw new IOException("cannot lock " + path + ": locked by another process");
    }
    return new WorkDirectory(path, channel);
  }

  private static void removeAbandoned(Path parent) throws IOException {
    List<Path> all;
    try (Stream<Path> entries = Files.list(parent)) {
      all = entries.filter(p -> p.getFileName().toString().startsWith(PREFIX)).toList();
    }
    for (Path p : all) {
      Path lock = p.resolve(LOCK);
      if (!Files.isRegularFile(lock)) {
        continue;
      }
      boolean abandoned;
      try (FileChannel c = FileChannel.open(lock, StandardOpenOption.WRITE)) {
        FileLock taken = c.tryLock();
        abandoned = taken != null;
      } catch (IOException | OverlappingFileLockException e) {
        abandoned = false;
      }
      if (abandoned) {
        DirectoryTree.delete(p);
      }
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    DirectoryTree.delete(path);
  }
}
