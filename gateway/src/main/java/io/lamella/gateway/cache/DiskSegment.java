package io.lamella.gateway.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// One segment file. Appended to by the writer alone; read by many.
final class DiskSegment {
  private final Path path;
  private final SegmentFile file;
  private volatile long size;

  DiskSegment(Path path, SegmentFile file) {
    this.path = path;
    this.file = file;
  }

  /// Where a page lies. `hot` is set when it is asked for and read when its segment goes.
  static final class Slot {
    final DiskSegment segment;
    final long at;
    final int length;
    volatile boolean hot;

    Slot(DiskSegment segment, long at, int length) {
      this.segment = segment;
      this.at = at;
      this.length = length;
    }

    ByteBuffer read() throws IOException {
      ByteBuffer out = ByteBuffer.allocate(length);
      segment.file.read(out, at);
      return out.flip();
    }

    /// Marks the page as given up, so that no later start finds it.
    void kill() throws IOException {
      segment.file.write(ByteBuffer.allocate(4).putInt(DiskEntry.DEAD).flip(), at);
    }
  }

  Path path() {
    return path;
  }

  long size() {
    return size;
  }

  Slot append(ByteBuffer entry) throws IOException {
    int length = entry.remaining();
    file.write(entry, size);
    Slot slot = new Slot(this, size, length);
    size += length;
    return slot;
  }

  /// What a scan does with an entry.
  @FunctionalInterface
  interface Visitor {
    void entry(DiskEntry entry, Slot slot);
  }

  /// Visits the entries of a file from an earlier life, until the end or the first that is torn;
  /// what is behind that one is lost. Reads heads only; data is checked when it is asked for.
  void scan(Visitor visitor) throws IOException {
    long end = file.size();
    long at = 0;
    ByteBuffer head = ByteBuffer.allocate(DiskEntry.MAX_HEAD_BYTES);
    while (at < end) {
      head.clear();
      file.read(head, at);
      DiskEntry entry = DiskEntry.decode(head.flip()).orElse(null);
      if (entry == null || entry.length() > end - at) {
        break;
      }
      if (entry.live()) {
        visitor.entry(entry, new Slot(this, at, entry.length()));
      }
      at += entry.length();
    }
    size = end;
  }

  void close() {
    try {
      file.close();
    } catch (IOException e) {
      // Nothing of ours is lost by it: what was written is in the file.
    }
  }
}
