package io.lamella.gateway.query;

import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.results.LabelResultsCache;
import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.promql.source.SeriesSource;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.function.Supplier;

/// A source whose label names, label values and label sets are cached while its data is the same. A
/// request with a trace is always collected.
public final class CachedLabels implements QuerySource {
  private final QuerySource source;
  private final LabelResultsCache cache;

  public CachedLabels(QuerySource source, LabelResultsCache cache) {
    this.source = source;
    this.cache = cache;
  }

  private static final String SETS = "sets";
  private static final String NAMES = "names";
  private static final String VALUES = "values of ";

  /// @param what is collected; determines the type of the result
  private <T extends Collection<?>> T cached(
      String what, LabelsRequest request, QueryBudget budget, Supplier<T> collect) {
    return budget.trace().isPresent()
        ? collect.get()
        : cache.get(key(what, request), () -> source.snapshot().version(request.range()), collect);
  }

  /// Has the texts of the matchers, which are a small part of what they are compiled to.
  private static LabelResultsCache.Key key(String what, LabelsRequest request) {
    return new LabelResultsCache.Key(
        what,
        request.selectors().stream().map(m -> m.stream().map(Matcher::toString).toList()).toList(),
        request.range(),
        request.limit());
  }

  @Override
  public SeriesSource series(QueryBudget budget) {
    return source.series(budget);
  }

  @Override
  public DataSnapshot snapshot() {
    return source.snapshot();
  }

  @Override
  public List<Labels> labelSets(LabelsRequest request, QueryBudget budget) {
    return cached(SETS, request, budget, () -> List.copyOf(source.labelSets(request, budget)));
  }

  @Override
  public SortedSet<String> labelNames(LabelsRequest request, QueryBudget budget) {
    return cached(
        NAMES,
        request,
        budget,
        () -> Collections.unmodifiableSortedSet(source.labelNames(request, budget)));
  }

  @Override
  public SortedSet<String> labelValues(String name, LabelsRequest request, QueryBudget budget) {
    return cached(
        VALUES + name,
        request,
        budget,
        () -> Collections.unmodifiableSortedSet(source.labelValues(name, request, budget)));
  }
}
