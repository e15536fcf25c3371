package io.lamella.promql.exec.selector;

import io.lamella.promql.exec.QueryRun;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A range selector over the series of the source.
public final class RangeSelector implements RangeOperator {
  private final QueryRun run;
  private final SelectionPool.Handle handle;
  private final Supplier<SeriesReader> series;
  private final ReferenceTimes times;
  private final long widthMillis;
  private final SelectorOutput output;
  private @Nullable SeriesReader reader;

  public RangeSelector(
      QueryRun run,
      SelectionPool.Handle handle,
      ReferenceTimes times,
      long widthMillis,
      SelectorOutput output) {
    this.run = run;
    this.handle = handle;
    this.series = handle::open;
    this.times = times;
    this.widthMillis = widthMillis;
    this.output = output;
  }

  private RangeSelector(RangeSelector of, QueryRun run, Supplier<SeriesReader> series) {
    this.run = run;
    this.handle = of.handle;
    this.series = series;
    this.times = of.times;
    this.widthMillis = of.widthMillis;
    this.output = of.output;
  }

  public SelectionPool.Handle handle() {
    return handle;
  }

  /// The same over some of the series.
  public RangeSelector over(QueryRun worker, Supplier<SeriesReader> some) {
    return new RangeSelector(this, worker, some);
  }

  @Override
  public boolean next(RangeSeries into) {
    SeriesReader r = reader;
    if (r == null) {
      r = series.get();
      reader = r;
    }
    if (!r.next()) {
      return false;
    }
    run.check();
    into.reset(r.labels(), false);
    into.take(r.samples(), output.reading());
    return true;
  }

  @Override
  public ReferenceTimes times() {
    return times;
  }

  @Override
  public long widthMillis() {
    return widthMillis;
  }

  @Override
  public boolean hasUniqueLabels() {
    return output.hasUniqueLabels();
  }
}
