package io.lamella.storage.tsdb;

import io.lamella.model.TimeRange;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Deleted time ranges of each series, merged where they overlap or touch.
final class Tombstones {
  private static final long MAGIC = 0x0130BA30L;

  private Tombstones() {}

  /// Reads the file; a block without one has no tombstones.
  static Map<Long, List<TimeRange>> read(Path path, Arena arena) throws IOException {
    if (!Files.exists(path)) {
      return Map.of();
    }
    MappedFile file = MappedFile.open(path, arena);
    if (file.size() < 9 || file.u32(0) != MAGIC || file.u8(4) != 1) {
      throw file.corrupt(
          0,
          "not tombstones of version 1: "
              + file.size()
              + " bytes, or not the magic number 0130ba30");
    }
    file.checksum(5, file.size() - 9, "tombstones");
    Map<Long, List<TimeRange>> out = new HashMap<>();
    MappedFile.FileCursor in = file.cursor(5, file.size() - 4);
    while (!in.isAtEnd()) {
      long at = in.at;
      long series = in.uvarint();
      long min = in.svarint();
      long max = in.svarint();
      if (max < min) {
        throw file.corrupt(at, "tombstone from " + min + " to " + max);
      }
      out.computeIfAbsent(series, s -> new ArrayList<>()).add(new TimeRange(min, max));
    }
    out.replaceAll((series, ranges) -> merged(ranges));
    return Map.copyOf(out);
  }

  private static List<TimeRange> merged(List<TimeRange> ranges) {
    ranges.sort(Comparator.comparingLong(TimeRange::startMillis));
    List<TimeRange> out = new ArrayList<>();
    for (TimeRange r : ranges) {
      TimeRange last = out.isEmpty() ? null : out.getLast();
      boolean touches =
          last != null
              && (last.endMillis() == Long.MAX_VALUE || r.startMillis() <= last.endMillis() + 1);
      if (last != null && touches) {
        out.set(out.size() - 1, last.union(r));
      } else {
        out.add(r);
      }
    }
    return List.copyOf(out);
  }
}
