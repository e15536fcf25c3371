package io.lamella.promql.source;

/// Where series come from. Implementations are thread-safe; a query may have several selections
/// open at once.
public interface SeriesSource {
  /// Opens the series that match.
  ///
  /// @throws io.lamella.promql.QueryException where the selection cannot be answered: storage
  ///   failed, a block is corrupt, a budget is exceeded
  SeriesSet select(Selection selection);
}
