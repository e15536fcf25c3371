package io.lamella.gateway.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// One segment file; one thread appends, many read.
final class DiskSegment {
  private final Path path;
  private final SegmentFile file;
  private volatile long size;

  DiskSegment(Path path, SegmentFile file) {
    this.path = path;
    this.file = file;
  }

  /// The position of a page. `hot` is set by each lookup and read when its segment is evicted.
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

    /// Marks the page as invalid on disk, so that no later start finds it.
    void markDead() throws IOException {
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

  /// Receives the entries of a scan.
  @FunctionalInterface
  interface EntryVisitor {
    void entry(DiskEntry entry, Slot slot);
  }

  /// Visits the entries of a file that an earlier process wrote, up to the end or the first torn
  /// entry; entries behind that one are lost. Reads headers only; data is checked when it is read.
  void scan(EntryVisitor visitor) throws IOException {
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
      // Nothing is lost: all data is in the file.
    }
  }
}
