package io.lamella.gateway.http;

import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.query.LabelsRequest;
import io.lamella.gateway.query.QuerySource;
import io.lamella.model.Labels;
import io.lamella.promql.QueryException;
import io.lamella.promql.source.SeriesSource;
import java.util.List;
import java.util.SortedSet;
import java.util.concurrent.CountDownLatch;

/// A source that never answers; only an interrupt ends the wait.
final class NeverAnswering implements QuerySource {
  private static <T> T never() {
    try {
      new CountDownLatch(1).await();
      throw new AssertionError();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QueryException.Cancelled("query was canceled in reading blocks");
    }
  }

  @Override
  public SeriesSource series(QueryBudget budget) {
    return selection -> never();
  }

  @Override
  public List<Labels> labelSets(LabelsRequest request, QueryBudget budget) {
    return never();
  }

  @Override
  public SortedSet<String> labelNames(LabelsRequest request, QueryBudget b) {
    return never();
  }

  @Override
  public SortedSet<String> labelValues(String name, LabelsRequest request, QueryBudget budget) {
    return never();
  }
}
