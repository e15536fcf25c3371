package io.lamella.gateway.select;

import io.lamella.gateway.query.StreamRange;
import io.lamella.model.Labels;
import io.lamella.model.TimeRange;
import io.lamella.storage.block.BlockMeta;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The streams of some blocks: sets of external labels, and where their blocks are in time.
final class Streams {
  private Streams() {}

  /// One range for each stream and gap, by labels and time.
  ///
  /// @param served ranges are cut to it
  static List<StreamRange> of(List<BlockMeta> blocks, TimeRange served) {
    SortedMap<Labels, List<BlockMeta>> byLabels = new TreeMap<>();
    for (BlockMeta b : blocks) {
      byLabels.computeIfAbsent(b.external(), _ -> new ArrayList<>()).add(b);
    }
    List<StreamRange> out = new ArrayList<>();
    byLabels.forEach((labels, of) -> {
      of.sort(Comparator.comparingLong(BlockMeta::minTimeMillis));
      long start = of.getFirst().minTimeMillis();
      long end = start;
      for (BlockMeta b : of) {
        if (b.minTimeMillis() > end) {
          out.add(new StreamRange(labels, start, end));
          start = b.minTimeMillis();
        }
        end = Math.max(end, b.maxTimeMillis());
      }
      out.add(new StreamRange(labels, start, end));
    });
    return out.stream()
        .map(s ->
            new StreamRange(
                s.external(),
                Math.max(s.minTimeMillis(), served.startMillis()),
                Math.min(s.maxTimeMillis(), served.endMillis())))
        .toList();
  }
}
