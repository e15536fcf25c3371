package io.lamella.gateway.cache;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A file of the disk cache; an interface so that tests can inject failures. Not to be used by a
/// thread that may be interrupted: an interrupt closes the channel for all threads.
interface SegmentFile extends Closeable {
  /// Reads until the buffer is full or the file ends.
  void read(ByteBuffer into, long at) throws IOException;

  /// Writes all remaining bytes of the buffer.
  void write(ByteBuffer bytes, long at) throws IOException;

  long size() throws IOException;

  /// Opens and creates files.
  interface Opener {
    SegmentFile open(Path path) throws IOException;

    /// @throws IOException where the file exists
    SegmentFile create(Path path) throws IOException;
  }

  /// Opens files of the file system.
  final class Channels implements Opener {
    @Override
    public SegmentFile open(Path path) throws IOException {
      return new Channel(FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public SegmentFile create(Path path) throws IOException {
      return new Channel(
          FileChannel.open(
              path,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.CREATE_NEW));
    }
  }

  /// A file of the file system.
  record Channel(FileChannel channel) implements SegmentFile {
    @Override
    public void read(ByteBuffer into, long at) throws IOException {
      long from = at - into.position();
      while (into.hasRemaining() && channel.read(into, from + into.position()) >= 0) {}
    }

    @Override
    public void write(ByteBuffer bytes, long at) throws IOException {
      long from = at - bytes.position();
      while (bytes.hasRemaining()) {
        channel.write(bytes, from + bytes.position());
      }
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
