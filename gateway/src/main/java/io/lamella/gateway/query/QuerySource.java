package io.lamella.gateway.query;

import io.lamella.gateway.limits.QueryBudget;
import io.lamella.model.Labels;
import io.lamella.model.TimeRange;
import io.lamella.promql.source.SeriesSource;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/// Where queries read from. Thread-safe.
public interface QuerySource {
  /// Series with samples, for the engine. Reads are counted on the budget.
  SeriesSource series(QueryBudget budget);

  /// The data as it is now. By default without versions, so that nothing is cached.
  default DataSnapshot snapshot() {
    return new DataSnapshot() {
      @Override
      public SeriesSource series(QueryBudget budget) {
        return QuerySource.this.series(budget);
      }

      @Override
      public Optional<Object> version(TimeRange range) {
        return Optional.empty();
      }
    };
  }

  /// Distinct label sets, in order, that match any of the selectors and may have a sample in the
  /// range. Some of them are enough where the request has a limit; so for names and values.
  List<Labels> labelSets(LabelsRequest request, QueryBudget budget);

  /// Label names of series that match any of the selectors; of all series where there is no
  /// selector.
  SortedSet<String> labelNames(LabelsRequest request, QueryBudget budget);

  /// Non-empty values of one label of these series.
  SortedSet<String> labelValues(String name, LabelsRequest request, QueryBudget budget);
}
