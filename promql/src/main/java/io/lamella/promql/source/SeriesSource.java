package io.lamella.promql.source;

import java.util.List;

/// Where series come from. Implementations are thread-safe; a query may have several selections
/// open at once.
public interface SeriesSource {
  /// Opens the series that match.
  ///
  /// @throws io.lamella.promql.QueryException where the selection cannot be answered: storage
  ///   failed, a block is corrupt, a budget is exceeded
  SeriesSet select(Selection selection);

  /// Told before the first of several selections of a query is opened, so that a source that waits
  /// for something may wait for all of them at once. Each may be opened later, or not at all.
  ///
  /// @return to be closed when none of them will be opened any more
  default Prepared prepare(List<Selection> selections) {
    return () -> {};
  }

  /// What a source began for selections to come.
  interface Prepared extends AutoCloseable {
    /// Ends what is still under way.
    @Override
    void close();
  }
}
