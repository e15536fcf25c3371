package io.lamella.gateway.query;

import io.lamella.model.TimeRange;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.promql.source.SeriesSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// A source that notes which times a query looked at.
final class CoveredRange implements SeriesSource {
  private final SeriesSource source;
  private final AtomicReference<Optional<TimeRange>> covered =
      new AtomicReference<>(Optional.empty());

  CoveredRange(SeriesSource source) {
    this.source = source;
  }

  @Override
  public SeriesSet select(Selection selection) {
    covered.updateAndGet(
        c -> Optional.of(c.map(selection.range()::union).orElse(selection.range())));
    return source.select(selection);
  }

  @Override
  public Prepared prepare(List<Selection> selections) {
    return source.prepare(selections);
  }

  /// From the first to the last sample time that any selection wanted.
  Optional<TimeRange> range() {
    return covered.get();
  }
}
