package io.lamella.promql.exec;

import io.lamella.model.Histogram;
import java.util.Arrays;

/// Repeats the value at one time at every step: for expressions that do not depend on the
/// evaluation time.
public final class RepeatedSeries implements SeriesOperator {
  private final SeriesOperator once;
  private final StepSeries buffer = new StepSeries(1);

  public RepeatedSeries(SeriesOperator once) {
    this.once = once;
  }

  @Override
  public boolean next(StepSeries into) {
    if (!once.next(buffer)) {
      return false;
    }
    into.reset(buffer.labels());
    into.dropsName(buffer.dropsName());
    Histogram h = buffer.histogram(0);
    if (h == null) {
      Arrays.fill(into.values(), buffer.values()[0]);
      Arrays.fill(into.present(), -1L);
      int rest = into.steps() & 63;
      if (rest != 0) {
        into.present()[into.present().length - 1] = (1L << rest) - 1;
      }
    } else {
      for (int i = 0; i < into.steps(); i++) {
        into.set(i, h);
      }
    }
    return true;
  }

  @Override
  public boolean hasUniqueLabels() {
    return once.hasUniqueLabels();
  }
}
