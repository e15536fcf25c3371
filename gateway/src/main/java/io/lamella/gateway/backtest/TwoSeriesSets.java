package io.lamella.gateway.backtest;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.promql.source.SeriesSet;

/// Two sets of series as one, in label order. No series is in both.
final class TwoSeriesSets implements SeriesSet {
  private final SeriesSet first;
  private final SeriesSet second;
  private boolean begun;
  private boolean hasFirst;
  private boolean hasSecond;
  private boolean isFirst;

  TwoSeriesSets(SeriesSet first, SeriesSet second) {
    this.first = first;
    this.second = second;
  }

  @Override
  public boolean next() {
    if (!begun) {
      begun = true;
      hasFirst = first.next();
      hasSecond = second.next();
    } else if (isFirst) {
      hasFirst = first.next();
    } else {
      hasSecond = hasSecond && second.next();
    }
    isFirst = hasFirst && (!hasSecond || first.labels().compareTo(second.labels()) <= 0);
    return hasFirst || hasSecond;
  }

  private SeriesSet current() {
    return isFirst ? first : second;
  }

  @Override
  public Labels labels() {
    return current().labels();
  }

  @Override
  public void read(SampleColumns into) {
    current().read(into);
  }

  @Override
  public void close() {
    try (first;
        second) {
      // Closes both.
    }
  }
}
