package io.lamella.promql.exec;

/// The same series, where two with equal labels are an error.
public final class DistinctSeries implements SeriesOperator {
  private final SeriesOperator from;
  private final DuplicateLabels duplicates;

  public DistinctSeries(QueryRun run, SeriesOperator from) {
    this.from = from;
    this.duplicates = new DuplicateLabels(run.memory());
  }

  @Override
  public boolean next(StepSeries into) {
    if (!from.next(into)) {
      return false;
    }
    duplicates.checkSeries(into);
    return true;
  }

  @Override
  public boolean hasUniqueLabels() {
    return true;
  }
}
