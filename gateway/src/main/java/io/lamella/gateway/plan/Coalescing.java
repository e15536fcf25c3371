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
public record Coalescing(long maxGapBytes, long maxReadBytes) {
  public static final Coalescing DEFAULT = new Coalescing(256 << 10, 8 << 20);
  private static final long MIN_BATCH_READ_BYTES = 256 << 10;
  private static final int PARALLEL_READS = 8;

  public Coalescing {
    if (maxGapBytes < 0 || maxReadBytes < 1) {
      throw new IllegalArgumentException(
          "cannot coalesce with gap " + maxGapBytes + " and size " + maxReadBytes);
    }
  }

  /// The same, adapted to a fetch batch of so many bytes. A batch that would be one or two large
  /// reads becomes several of a size that is still hedged: a store gives each stream its own share
  /// of bandwidth, and hedging a small read costs little. A large batch has enough streams.
  public Coalescing forBatch(long bytes) {
    long readBytes = Math.max(MIN_BATCH_READ_BYTES, bytes / PARALLEL_READS);
    return new Coalescing(maxGapBytes, Math.min(maxReadBytes, readBytes));
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
