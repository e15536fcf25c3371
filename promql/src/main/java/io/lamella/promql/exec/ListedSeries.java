package io.lamella.promql.exec;

import java.util.Iterator;
import java.util.List;

/// An operator that returns series that [Materialized] has read, and releases each.
public final class ListedSeries implements SeriesOperator {
  private final QueryRun run;
  private final Iterator<StoredSeries> series;

  public ListedSeries(QueryRun run, List<StoredSeries> series) {
    this.run = run;
    this.series = series.iterator();
  }

  @Override
  public boolean next(StepSeries into) {
    if (!series.hasNext()) {
      return false;
    }
    StoredSeries s = series.next();
    s.copyTo(into);
    run.release(s);
    return true;
  }

  @Override
  public boolean hasUniqueLabels() {
    return false;
  }
}
