package io.lamella.gateway.query;

import io.lamella.gateway.association.PairedLabels;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.model.TimeRange;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SeriesSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A snapshot without any series.
record NoData() implements DataSnapshot {
  @Override
  public SeriesSource series(QueryBudget budget) {
    return new MemorySeriesSource(Map.of());
  }

  @Override
  public SeriesSource deduplicated(Set<String> replicaLabels, QueryBudget budget) {
    return series(budget);
  }

  @Override
  public void labelPairs(
      PairedLabels labels, List<TimeRange> ranges, QueryBudget budget, PairsReader to) {}

  @Override
  public Optional<Object> version(TimeRange range) {
    return Optional.empty();
  }
}
