package io.lamella.promql.exec.selector;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.SampleColumns;
import io.lamella.promql.exec.MergedSeries;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import io.lamella.promql.exec.Steps;
import org.jspecify.annotations.Nullable;

/// A subquery: the inner expression at its own steps, returned as samples. Counter reset hints of
/// histograms are not valid between these steps, so they are dropped, as are start timestamps.
public final class SubqueryOperator implements RangeOperator {
  private final QueryRun run;
  private final SeriesOperator inner;
  private final Steps innerSteps;
  private final ReferenceTimes times;
  private final long widthMillis;
  private @Nullable StepSeries lazyBuffer;
  private final SampleColumns samples = new SampleColumns();
  private final HeldSamples held;

  public SubqueryOperator(
      QueryRun run,
      SeriesOperator inner,
      Steps innerSteps,
      ReferenceTimes times,
      long widthMillis) {
    this.run = run;
    this.inner = new MergedSeries(run, inner, innerSteps.count());
    this.innerSteps = innerSteps;
    this.times = times;
    this.widthMillis = widthMillis;
    this.held = new HeldSamples(run);
  }

  @Override
  public boolean next(RangeSeries into) {
    if (innerSteps.count() == 0) {
      return false;
    }
    StepSeries buffer = lazyBuffer;
    if (buffer == null) {
      buffer = run.buffer(innerSteps.count());
      lazyBuffer = buffer;
    }
    if (!inner.next(buffer)) {
      return false;
    }
    run.check();
    samples.clear();
    held.hold(buffer.count());
    for (int i = 0; i < innerSteps.count(); i++) {
      if (!buffer.has(i)) {
        continue;
      }
      Histogram h = buffer.histogram(i);
      if (h == null) {
        samples.add(innerSteps.time(i), buffer.values()[i]);
      } else {
        boolean gauge = h.counterReset() == CounterReset.GAUGE;
        samples.add(innerSteps.time(i), gauge ? h : h.withCounterReset(CounterReset.UNKNOWN));
      }
    }
    into.reset(buffer.labels(), buffer.dropsName());
    into.take(samples, HistogramReading.WHOLE);
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
    return true;
  }
}
