package io.lamella.gateway.plan;

import io.lamella.storage.object.ByteRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Which byte ranges are joined to one read.
///
/// @param maxGapBytes the largest gap between two ranges that is read and thrown away to save a
///   read
/// @param maxReadBytes ranges are not joined where the read would exceed this
/// @param extentBytes ranges of at most so many bytes are read in [#extents]; 0 to read them alone
public record Coalescing(long maxGapBytes, long maxReadBytes, long extentBytes) {
  public static final Coalescing DEFAULT = new Coalescing(256 << 10, 8 << 20, 32 << 10);
  private static final long MIN_BATCH_READ_BYTES = 2 << 20;
  private static final int PARALLEL_READS = 8;

  public Coalescing {
    if (maxGapBytes < 0 || maxReadBytes < 1 || extentBytes < 0) {
      throw new IllegalArgumentException(
          "cannot coalesce with gap " + maxGapBytes + " and size " + maxReadBytes);
    }
  }

  /// Without extents.
  public Coalescing(long maxGapBytes, long maxReadBytes) {
    this(maxGapBytes, maxReadBytes, 0);
  }

  /// The same, for readers without a cache, which would read the bytes around a range in vain.
  public Coalescing withoutExtents() {
    return new Coalescing(maxGapBytes, maxReadBytes);
  }

  /// The same, adapted to a fetch batch of so many bytes. A large batch becomes several reads, as a
  /// store gives each stream its own share of bandwidth. A batch that takes less time to transfer
  /// than a store takes to answer stays one read a file: the slowest of several answers would come
  /// later, and each is paid for.
  public Coalescing forBatch(long bytes) {
    long readBytes = Math.max(MIN_BATCH_READ_BYTES, bytes / PARALLEL_READS);
    return new Coalescing(maxGapBytes, Math.min(maxReadBytes, readBytes), extentBytes);
  }

  /// The aligned extents of the file that cover a small range; a larger range by itself. An extent
  /// is read and cached whole: its bytes around the range cost next to no time, and queries of
  /// neighbouring runs find their pages in it.
  public List<ByteRange> extents(ByteRange range, long fileBytes) {
    if (range.length() > extentBytes || range.end() > fileBytes) {
      return List.of(range);
    }
    List<ByteRange> out = new ArrayList<>(2);
    for (long at = range.start() / extentBytes * extentBytes; at < range.end(); at += extentBytes) {
      out.add(new ByteRange(at, Math.min(at + extentBytes, fileBytes)));
    }
    return out;
  }

  /// The reads that cover the requested ranges, ascending and disjoint; each requested range lies
  /// in exactly one of them.
  public List<ByteRange> reads(List<ByteRange> requested) {
    List<ByteRange> sorted = new ArrayList<>(requested);
    sorted.sort(Comparator.comparingLong(ByteRange::start));
    List<ByteRange> out = new ArrayList<>();
    for (ByteRange r : sorted) {
      ByteRange last = out.isEmpty() ? null : out.getLast();
      boolean overlaps = last != null && r.start() < last.end();
      if (last != null
          && (overlaps
              || r.start() - last.end() <= maxGapBytes && r.end() - last.start() <= maxReadBytes)) {
        out.set(out.size() - 1, new ByteRange(last.start(), Math.max(last.end(), r.end())));
      } else {
        out.add(r);
      }
    }
    return out;
  }
}
