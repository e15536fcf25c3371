package io.lamella.bench.data;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;

/// One series of the fleet: who shows it, how it moves, and in which half-open stretch of time it
/// lives.
record FleetSeries(
    Labels labels, Target target, Signal.Source signal, long fromMillis, long endMillis) {

  /// Its samples, all of them: a number for each minute of its life.
  ///
  /// @param dataEndMillis a series that ends before ends in a stale marker
  SampleColumns samples(long dataEndMillis) {
    return target.scrape(signal, fromMillis, endMillis, endMillis < dataEndMillis);
  }
}
