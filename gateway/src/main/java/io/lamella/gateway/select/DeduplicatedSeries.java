package io.lamella.gateway.select;

import io.lamella.gateway.query.ChunkSeriesSet;
import io.lamella.gateway.select.ReplicaCursor.Values;
import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.storage.block.ChunkRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The series of a selection without their replica labels, the replicas of each read as one.
///
/// As in Thanos Query, replicas are not told apart by their labels: the chunks of a series are laid
/// in rows in order of time, each in the first row that it does not overlap, and the rows are taken
/// for replicas.
final class DeduplicatedSeries implements SeriesSet {
  /// Functions of counters that see no resets in what they read: below them, resets are added up in
  /// each replica, from its first chunk on, before the replicas are read as one. Thanos does so for
  /// `resets` as well, which is then always 0; here it sees the resets.
  private static final Set<String> COUNTER_FUNCTIONS = Set.of("increase", "rate", "irate");

  private final ChunkSeriesSet series;
  private final TimeRange range;
  private final Values values;

  /// @param series with the chunks of all replicas; closed with this
  DeduplicatedSeries(ChunkSeriesSet series, Selection selection) {
    this.series = series;
    this.range = selection.range();
    this.values = values(selection.hints().function());
  }

  /// The kind of what a selector below this function reads.
  static Values values(String function) {
    return COUNTER_FUNCTIONS.contains(function) ? Values.COUNTER : Values.OTHER;
  }

  @Override
  public boolean next() {
    return series.next();
  }

  @Override
  public Labels labels() {
    return series.labels();
  }

  @Override
  public void read(SampleColumns into) {
    try {
      replicas(series.chunks()).stream()
          .map(r -> ReplicaCursor.of(inRange(values == Values.COUNTER ? totals(r) : r), values))
          .reduce(ReplicaCursor::of)
          .ifPresent(all -> append(all, into));
    } catch (IOException e) {
      throw RowSelector.failure(ChunkSamples.corrupt(e, "several", series.labels()));
    }
  }

  /// The floats as totals that never fall, without NaN and with histograms as they are.
  private static SampleColumns totals(SampleColumns samples) {
    SampleColumns out = new SampleColumns(samples.size());
    double total = 0;
    double before = 0;
    for (int i = 0; i < samples.size(); i++) {
      Histogram h = samples.histogramAt(i);
      double value = samples.values()[i];
      if (h != null) {
        out.add(samples.times()[i], h);
      } else if (!Double.isNaN(value)) {
        total += value < before ? value : value - before;
        before = value;
        out.add(samples.times()[i], total);
      }
    }
    return out;
  }

  private static void append(ReplicaCursor all, SampleColumns into) {
    boolean has = all.seek(Long.MIN_VALUE);
    while (has) {
      long time = all.time();
      Histogram histogram = all.histogram();
      if (histogram == null) {
        into.add(time, all.value());
      } else {
        into.add(time, histogram);
      }
      has = all.seek(time + 1);
    }
  }

  /// The samples of each row of chunks.
  private List<SampleColumns> replicas(List<ChunkRecord> chunks) throws IOException {
    List<SampleColumns> out = new ArrayList<>();
    List<ChunkRecord> lastOf = new ArrayList<>();
    Optional<ChunkRecord> before = Optional.empty();
    for (ChunkRecord c : chunks) {
      if (before.filter(b -> isSame(b, c)).isPresent()) {
        continue;
      }
      before = Optional.of(c);
      int row = 0;
      while (row < out.size() && lastOf.get(row).maxTimeMillis() >= c.minTimeMillis()) {
        row++;
      }
      if (row == out.size()) {
        out.add(new SampleColumns(256));
        lastOf.add(c);
      }
      lastOf.set(row, c);
      ChunkSamples.decode(c, out.get(row));
    }
    return out;
  }

  /// Replicas may have a chunk in common.
  private static boolean isSame(ChunkRecord a, ChunkRecord b) {
    return a.encoding() == b.encoding()
        && java.util.Arrays.equals(
            a.bytes(), a.from(), a.from() + a.length(), b.bytes(), b.from(), b.from() + b.length());
  }

  private SampleColumns inRange(SampleColumns samples) {
    int n = samples.size();
    if (n == 0 || range.contains(samples.times()[0]) && range.contains(samples.times()[n - 1])) {
      return samples;
    }
    SampleColumns out = new SampleColumns(n);
    for (int i = 0; i < n; i++) {
      if (range.contains(samples.times()[i])) {
        out.addFrom(samples, i);
      }
    }
    return out;
  }

  @Override
  public void close() {
    series.close();
  }
}
