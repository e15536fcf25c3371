package io.lamella.promql.exec.selector;

import io.lamella.promql.exec.QueryRun;
import org.jspecify.annotations.Nullable;

/// A range selector over the series of the source.
public final class RangeSelector implements RangeOperator {
  private final QueryRun run;
  private final SelectionPool.Handle handle;
  private final ReferenceTimes times;
  private final long widthMillis;
  private final HistogramReading reading;
  private final boolean unique;
  private @Nullable SeriesReader reader;

  public RangeSelector(
      QueryRun run,
      SelectionPool.Handle handle,
      ReferenceTimes times,
      long widthMillis,
      SelectorOutput output) {
    this.run = run;
    this.handle = handle;
    this.times = times;
    this.widthMillis = widthMillis;
    this.reading = output.reading();
    this.unique = output.hasUniqueLabels();
  }

  @Override
  public boolean next(RangeSeries into) {
    SeriesReader r = reader;
    if (r == null) {
      r = handle.open();
      reader = r;
    }
    if (!r.next()) {
      return false;
    }
    run.check();
    into.reset(r.labels(), false);
    into.take(r.samples(), reading);
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
    return unique;
  }
}
