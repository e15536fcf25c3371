package io.lamella.promql.source;

import java.util.List;

/// Where series come from. Implementations are thread-safe; a query may have several selections
/// open at once.
public interface SeriesSource {
  /// Opens the series that match. A query may open one selection several times.
  ///
  /// @throws io.lamella.promql.QueryException where the series cannot be read: storage failed, a
  ///   block is corrupt, a budget is exceeded
  SeriesSet select(Selection selection);

  /// Announces all selections of a query before the first one is opened, so that a source may fetch
  /// them together. Each may be opened later, or not at all.
  ///
  /// @return to be closed when none of them will be opened any more
  default Prepared prepare(List<Selection> selections) {
    return () -> {};
  }

  /// Whether selectors below these two functions see the same samples, as they mostly do. Only then
  /// one selection may be opened for both, with the hints of either.
  default boolean readsAlike(String function, String other) {
    return true;
  }

  /// Whether less is read of a selection that has a filter of values. Only where not, selectors
  /// with and without one gain from one selection for both.
  default boolean usesFilters() {
    return true;
  }

  /// The reads that a source has started for announced selections.
  interface Prepared extends AutoCloseable {
    /// Cancels reads that are still running.
    @Override
    void close();
  }
}
