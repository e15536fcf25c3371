package io.lamella.gateway.select;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.promql.source.SeriesSet;
import java.util.concurrent.Semaphore;

/// A selection whose reader decides how it is decoded: where it takes parts, by the threads that
/// take them; otherwise ahead of the reader, from its first series on.
final class UnreadSeries implements SeriesSet {
  private final Semaphore permits;
  private SeriesSet series;
  private boolean isRead;

  UnreadSeries(SeriesSet series, Semaphore permits) {
    this.series = series;
    this.permits = permits;
  }

  @Override
  public int divisible() {
    return isRead ? 0 : series.divisible();
  }

  @Override
  public SeriesSet part(int maxSeries) {
    return series.part(maxSeries);
  }

  @Override
  public void rewind() {
    series.rewind();
  }

  @Override
  public boolean next() {
    if (!isRead) {
      isRead = true;
      series = ReadAheadSeries.of(series, permits);
    }
    return series.next();
  }

  @Override
  public Labels labels() {
    return series.labels();
  }

  @Override
  public void read(SampleColumns into) {
    series.read(into);
  }

  @Override
  public void close() {
    series.close();
  }
}
