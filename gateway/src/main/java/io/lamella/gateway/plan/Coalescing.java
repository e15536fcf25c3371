package io.lamella.gateway.plan;

import io.lamella.storage.object.ByteRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// How near byte ranges become one read.
///
/// @param maxGapBytes a gap up to this is read and thrown away rather than cost a read
/// @param maxReadBytes a read does not grow beyond this by joining
public record Coalescing(long maxGapBytes, long maxReadBytes) {
  public static final Coalescing DEFAULT = new Coalescing(256 << 10, 8 << 20);
  private static final long LEAST_PIECE_BYTES = 256 << 10;
  private static final int STREAMS = 8;

  public Coalescing {
    if (maxGapBytes < 0 || maxReadBytes < 1) {
      throw new IllegalArgumentException(
          "cannot coalesce with gap " + maxGapBytes + " and size " + maxReadBytes);
    }
  }

  /// The same for a wave of so many bytes. A wave that would be one or two large reads is cut into
  /// several of the size that is still hedged: a store gives each stream its own share of
  /// bandwidth, and a second request for a small read costs little. A large wave has streams
  /// enough.
  public Coalescing forBatch(long bytes) {
    long piece = Math.max(LEAST_PIECE_BYTES, bytes / STREAMS);
    return new Coalescing(maxGapBytes, Math.min(maxReadBytes, piece));
  }

  /// The reads that cover the wanted ranges, ascending and disjoint; each wanted range lies in
  /// exactly one of them.
  public List<ByteRange> reads(List<ByteRange> wanted) {
    List<ByteRange> sorted = new ArrayList<>(wanted);
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
