package io.lamella.gateway.query;

import io.lamella.gateway.limits.QueryBudget;
import io.lamella.model.TimeRange;
import io.lamella.promql.QueryException;
import io.lamella.promql.source.SeriesSource;
import java.util.Optional;

/// The data as it is at one moment: all that a query reads comes of one view.
public interface DataSnapshot {
  /// Series with samples, for the engine; what they cost is put on the budget.
  SeriesSource series(QueryBudget budget);

  /// What tells the data of a time range from other data: where two views say the same, a query
  /// within the range reads the same of both. Nothing where that cannot be told.
  Optional<Object> version(TimeRange range);

  /// A view to ask once more where a failure shows that the data is no longer what this view tells
  /// of it; nothing where the failure says something else, or another view would say the same. May
  /// wait for the store.
  ///
  /// @throws QueryException.Cancelled where the query is cancelled meanwhile or its time is up
  default Optional<DataSnapshot> after(QueryException failure) {
    return Optional.empty();
  }
}
