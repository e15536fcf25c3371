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
  /// Functions of counters; what is around other selectors may be a gauge.
  private static final Set<String> COUNTER_FUNCTIONS =
      Set.of("increase", "rate", "irate", "resets");

  private final ChunkSeriesSet series;
  private final TimeRange range;
  private final Values values;

  /// @param series with the chunks of all replicas; closed with this
  DeduplicatedSeries(ChunkSeriesSet series, Selection selection) {
    this.series = series;
    this.range = selection.range();
    this.values =
        COUNTER_FUNCTIONS.contains(selection.hints().function()) ? Values.COUNTER : Values.OTHER;
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
      List<SampleColumns> replicas = replicas(series.chunks());
      if (replicas.size() == 1) {
        into.addAll(replicas.getFirst());
        return;
      }
      replicas.stream()
          .map(r -> ReplicaCursor.of(r, values))
          .reduce(ReplicaCursor::of)
          .ifPresent(all -> append(all, into));
    } catch (IOException e) {
      throw RowSelector.failure(ChunkSamples.corrupt(e, "several", series.labels()));
    }
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

  /// The samples of each row of chunks that are in the range.
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
      decode(c, out.get(row));
    }
    return out;
  }

  /// Replicas may have a chunk in common.
  private static boolean isSame(ChunkRecord a, ChunkRecord b) {
    return a.encoding() == b.encoding()
        && java.util.Arrays.equals(
            a.bytes(), a.from(), a.from() + a.length(), b.bytes(), b.from(), b.from() + b.length());
  }

  /// Appends the samples in the range.
  private void decode(ChunkRecord chunk, SampleColumns into) throws IOException {
    if (chunk.minTimeMillis() >= range.startMillis()
        && chunk.maxTimeMillis() <= range.endMillis()) {
      ChunkSamples.decode(chunk, into);
      return;
    }
    SampleColumns whole = new SampleColumns(256);
    ChunkSamples.decode(chunk, whole);
    for (int i = 0; i < whole.size(); i++) {
      if (range.contains(whole.times()[i])) {
        into.addFrom(whole, i);
      }
    }
  }

  @Override
  public void close() {
    series.close();
  }
}
