package io.lamella.bench.data;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;

/// One series of the fleet: the target that exposes it, its signal, and the half-open time range in
/// which it exists.
record FleetSeries(
    Labels labels, Target target, Signal.Source signal, long fromMillis, long endMillis) {

  /// All samples: one per minute in which the series exists, except gaps.
  ///
  /// @param dataEndMillis a series that ends before this instant ends with a stale marker
  SampleColumns samples(long dataEndMillis) {
    return target.scrape(signal, fromMillis, endMillis, endMillis < dataEndMillis);
  }
}
