package io.lamella.converter.source;

import io.lamella.converter.schedule.Planner;
import io.lamella.converter.schedule.TimeSpan;
import io.lamella.storage.block.Ulid;
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
  /// Reads the times of all chunks from the index.
  ///
  /// @throws SourceFailure where they are impossible: such samples would belong to days that nobody
  ///   plans
  static OpenSource of(Ulid ulid, TsdbBlock block) throws IOException {
    Times times = new Times();
    block.forEachSeries(times::add);
    if (times.first <= times.last && !PossibleTimes.are(times.first, times.last)) {
      throw SourceFailure.impossible(
          ulid,
          "impossible chunk times from "
              + times.first
              + " to "
              + times.last
              + ", expected "
              + PossibleTimes.EXPECTED);
    }
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
        // Times that are longer are impossible.
        for (long day = from + 1; day < Math.min(to, from + PossibleTimes.MAX_DAYS + 1); day++) {
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
