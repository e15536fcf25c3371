package io.lamella.gateway.results;

import io.lamella.model.Labels;
import io.lamella.model.TimeRange;
import io.lamella.promql.MatrixSeries;
import io.lamella.promql.QueryResult;
import io.lamella.promql.Value;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.promql.source.SeriesSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// A result and the data that it was computed from.
///
/// @param range all sample times that the query selected
/// @param version of the data in that range; the result is valid while the version is equal
public record CachedResult(QueryResult result, TimeRange range, Object version) {
  private static final long SCALAR_BYTES = 500;
  private static final long SERIES_BYTES = 150;
  private static final long HISTOGRAM_BYTES = 2_000;

  /// Estimated bytes of the result in memory.
  public long bytes() {
    return bytes(result);
  }

  /// Estimated bytes of a result in memory.
  public static long bytes(QueryResult result) {
    long annotations = 256L * (result.warnings().size() + result.infos().size());
    return annotations
        + switch (result.value()) {
          case Value.Vector v ->
              v.samples().stream()
                  .mapToLong(s -> bytes(s.labels()) + (s.histogram() == null ? 0 : HISTOGRAM_BYTES))
                  .sum();
          case Value.Matrix m -> m.series().stream().mapToLong(CachedResult::bytes).sum();
          case Value.Scalar _ -> SCALAR_BYTES;
          case Value.Text t -> 2L * t.value().length();
        };
  }

  private static long bytes(MatrixSeries s) {
    long bytes = bytes(s.labels()) + 16L * s.times().length;
    for (int i = 0; i < s.size(); i++) {
      bytes += s.histogramAt(i) == null ? 0 : HISTOGRAM_BYTES;
    }
    return bytes;
  }

  /// Labels may be shared between results; each result is charged for them in full.
  private static long bytes(Labels l) {
    long bytes = SERIES_BYTES;
    for (int i = 0; i < l.size(); i++) {
      bytes += l.name(i).length() + l.value(i).length();
    }
    return bytes;
  }

  /// A source that records the time range of all selections of one query. Thread-safe.
  public static final class RangeRecorder implements SeriesSource {
    private final SeriesSource source;
    private final AtomicReference<Optional<TimeRange>> selected =
        new AtomicReference<>(Optional.empty());

    public RangeRecorder(SeriesSource source) {
      this.source = source;
    }

    @Override
    public SeriesSet select(Selection selection) {
      selected.updateAndGet(
          r -> Optional.of(r.map(selection.range()::union).orElse(selection.range())));
      return source.select(selection);
    }

    @Override
    public Prepared prepare(List<Selection> selections) {
      return source.prepare(selections);
    }

    @Override
    public boolean readsAlike(String function, String other) {
      return source.readsAlike(function, other);
    }

    @Override
    public boolean usesFilters() {
      return source.usesFilters();
    }

    /// From the first to the last sample time of any selection so far; empty where there was none.
    public Optional<TimeRange> range() {
      return selected.get();
    }
  }
}
