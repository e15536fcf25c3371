package io.lamella.converter.source;

import io.lamella.converter.schedule.Planner;
import io.lamella.converter.schedule.TimeSpan;
import io.lamella.storage.tsdb.SeriesEntry;
import io.lamella.storage.tsdb.TsdbBlock;
import java.io.IOException;
import java.util.Optional;
import java.util.TreeSet;

/// An open TSDB block and the times of its chunks by its index.
///
/// @param range from the first sample to after the last one; empty where there is none
/// @param days numbers of the UTC days since the epoch that chunks touch
public record OpenSource(TsdbBlock block, Optional<TimeSpan> range, TreeSet<Long> days) {
  /// Chunks hold some hours; of one that is longer only the first and the last days count.
  private static final long MAX_CHUNK_DAYS = 400;

  /// Reads the times of all chunks from the index.
  static OpenSource of(TsdbBlock block) throws IOException {
    Times times = new Times();
    block.forEachSeries(times::add);
    return new OpenSource(
        block,
        times.last < times.first
            ? Optional.empty()
            : Optional.of(new TimeSpan(times.first, times.last + 1)),
        times.days);
  }

  private static final class Times {
    final TreeSet<Long> days = new TreeSet<>();
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;

    /// The day that was added last: most chunks are of the same one.
    private long before = Long.MIN_VALUE;

    void add(SeriesEntry series) {
      for (int i = 0; i < series.chunkCount(); i++) {
        first = Math.min(first, series.minTimeMillis(i));
        last = Math.max(last, series.maxTimeMillis(i));
        long from = Math.floorDiv(series.minTimeMillis(i), Planner.DAY_MILLIS);
        long to = Math.floorDiv(series.maxTimeMillis(i), Planner.DAY_MILLIS);
        add(from);
        for (long day = from + 1; day < Math.min(to, from + MAX_CHUNK_DAYS); day++) {
          add(day);
        }
        add(to);
      }
    }

    private void add(long day) {
      if (day != before) {
        days.add(day);
        before = day;
      }
    }
  }
}
