package io.lamella.gateway.http;

import io.lamella.gateway.budget.QueryBudget;
import io.lamella.gateway.query.QuerySource;
import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SeriesSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/// No series.
final class EmptySource implements QuerySource {
  @Override
  public SeriesSource series(QueryBudget budget) {
    return new MemorySeriesSource(Map.of());
  }

  @Override
  public List<Labels> labelSets(
      List<List<Matcher>> selectors, TimeRange range, QueryBudget budget) {
    return List.of();
  }

  @Override
  public SortedSet<String> labelNames(
      List<List<Matcher>> selectors, TimeRange range, QueryBudget budget) {
    return Collections.emptySortedSet();
  }

  @Override
  public SortedSet<String> labelValues(
      String name, List<List<Matcher>> selectors, TimeRange range, QueryBudget budget) {
    return Collections.emptySortedSet();
  }
}
