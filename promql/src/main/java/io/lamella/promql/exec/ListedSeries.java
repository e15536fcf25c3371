package io.lamella.promql.exec;

import java.util.Iterator;
import java.util.List;

/// An operator that returns series from memory.
public final class ListedSeries implements SeriesOperator {
  private final Iterator<StepSeries> series;

  public ListedSeries(List<StepSeries> series) {
    this.series = series.iterator();
  }

  @Override
  public boolean next(StepSeries into) {
    if (!series.hasNext()) {
      return false;
    }
    into.copyFrom(series.next());
    return true;
  }

  @Override
  public boolean hasUniqueLabels() {
    return false;
  }
}
