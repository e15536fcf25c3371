package io.lamella.converter.source;

import io.lamella.converter.schedule.TimeSpan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which part of a block is copied.
///
/// @param span of the block; absent where it was not listed as usable, and then all of it is copied
/// @param needed without overlaps, ascending
record CopyChoice(ListedFiles files, @Nullable TimeSpan span, List<TimeSpan> needed) {
  /// Chunks are not spread evenly over a block's time.
  private static final double UNEVEN = 0.1;

  static CopyChoice of(ListedFiles files, @Nullable TimeSpan span, List<TimeSpan> needed) {
    return new CopyChoice(files, span, union(needed));
  }

  /// The same time ranges without overlaps, ascending.
  private static List<TimeSpan> union(List<TimeSpan> spans) {
    List<TimeSpan> sorted = new ArrayList<>(spans);
    sorted.sort(Comparator.comparingLong(TimeSpan::startMillis));
    List<TimeSpan> out = new ArrayList<>();
    for (TimeSpan s : sorted) {
      if (!out.isEmpty() && s.startMillis() <= out.getLast().endMillis()) {
        out.set(out.size() - 1, out.getLast().and(s));
      } else {
        out.add(s);
      }
    }
    return out;
  }

  /// Whether all of the block is needed.
  boolean isWhole() {
    TimeSpan own = span;
    return own == null || needed.stream().anyMatch(s -> s.contains(own));
  }

  /// About how many bytes are copied; exact where all of the block is.
  long estimate() {
    TimeSpan own = span;
    if (own == null || isWhole()) {
      return files.bytes();
    }
    double overlap = 0;
    for (TimeSpan s : needed) {
      if (s.overlaps(own)) {
        TimeSpan common = s.narrowedBy(own);
        overlap += common.endMillis() - common.startMillis();
      }
    }
    double share = Math.min(1, overlap / (own.endMillis() - own.startMillis()) + UNEVEN);
    return files.bytes() - files.chunkBytes() + (long) (share * files.chunkBytes());
  }
}
