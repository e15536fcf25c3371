package io.lamella.converter.merge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// Which label names may occur in which series of the sorted order, so that no shard has more label
/// columns than allowed. Mostly all names of a day are few enough; otherwise the labels of all
/// series are read once more, before the samples.
final class ShardLimits {
  private ShardLimits() {}

  /// A range of series that may be in one shard.
  ///
  /// @param endSeries the number of the series after the last one
  /// @param names symbol numbers of all label names, ascending; some may not occur
  record NameRange(long endSeries, List<Integer> names) {
    int[] nameNumbers() {
      return names.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  /// @param maxNames maximum number of label columns; a series with more has a shard of its own
  static List<NameRange> of(SortedSeries series, int maxNames) throws IOException {
    if (series.names().cardinality() <= maxNames) {
      return List.of(range(Long.MAX_VALUE, series.names()));
    }
    List<NameRange> out = new ArrayList<>();
    BitSet names = new BitSet();
    long number = 0;
    try (SeriesStream stream = SeriesStream.open(series)) {
      for (Optional<SeriesParts> s = stream.next(); s.isPresent(); s = stream.next()) {
        int[] labels = s.get().labels();
        int more = 0;
        for (int l = 0; l < labels.length; l += 2) {
          more += names.get(labels[l]) ? 0 : 1;
        }
        if (names.cardinality() + more > maxNames && !names.isEmpty()) {
          out.add(range(number, names));
          names.clear();
        }
        for (int l = 0; l < labels.length; l += 2) {
          names.set(labels[l]);
        }
        number++;
      }
    }
    out.add(range(Long.MAX_VALUE, names));
    return out;
  }

  private static NameRange range(long endSeries, BitSet names) {
    return new NameRange(endSeries, names.stream().boxed().toList());
  }
}
