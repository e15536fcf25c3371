package io.lamella.converter.merge;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// References of series of one input in the order of the rows, in memory or in a file. The
/// references of a TSDB index are below 2³².
final class SeriesRun {
  private static final int BUFFER_BYTES = 1 << 15;

  private final int input;
  private final int[] refs;
  private final Optional<Path> file;
  private final int size;

  private SeriesRun(int input, int[] refs, Optional<Path> file, int size) {
    this.input = input;
    this.refs = refs;
    this.file = file;
    this.size = size;
  }

  static SeriesRun inMemory(int input, int[] refs) {
    return new SeriesRun(input, refs, Optional.empty(), refs.length);
  }

  static SeriesRun inFile(int input, int[] refs, Path file) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES))) {
      for (int ref : refs) {
        out.writeInt(ref);
      }
    }
    return new SeriesRun(input, new int[0], Optional.of(file), refs.length);
  }

  int input() {
    return input;
  }

  int size() {
    return size;
  }

  void delete() throws IOException {
    if (file.isPresent()) {
      Files.deleteIfExists(file.get());
    }
  }

  RefReader open() throws IOException {
    return file.isPresent()
        ? new RefReader(
            refs,
            Optional.of(
                new DataInputStream(
                    new BufferedInputStream(Files.newInputStream(file.get()), BUFFER_BYTES))),
            size)
        : new RefReader(refs, Optional.empty(), size);
  }

  /// Reads the references one after another.
  static final class RefReader implements AutoCloseable {
    private final int[] refs;
    private final Optional<DataInputStream> in;
    private final int size;
    private int next;

    private RefReader(int[] refs, Optional<DataInputStream> in, int size) {
      this.refs = refs;
      this.in = in;
      this.size = size;
    }

    /// The next reference, −1 after the last.
    long next() throws IOException {
      if (next == size) {
        return -1;
      }
      int ref = in.isPresent() ? in.get().readInt() : refs[next];
      next++;
      return ref & 0xffffffffL;
    }

    @Override
    public void close() throws IOException {
      if (in.isPresent()) {
        in.get().close();
      }
    }
  }
}
