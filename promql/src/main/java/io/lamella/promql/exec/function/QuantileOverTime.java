package io.lamella.promql.exec.function;

import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.Annotations;
import io.lamella.promql.exec.ScalarOperator;

/// `quantile_over_time`: the floats of the sliding window are kept sorted.
final class QuantileOverTime implements WindowFunction {
  private final Annotations annotations;
  private final TextRange place;
  private final TextRange quantilePlace;
  private final ScalarOperator quantile;
  private final SortedWindow window = new SortedWindow();

  QuantileOverTime(
      Annotations annotations, TextRange place, TextRange quantilePlace, ScalarOperator quantile) {
    this.annotations = annotations;
    this.place = place;
    this.quantilePlace = quantilePlace;
    this.quantile = quantile;
  }

  @Override
  public void startSeries() {
    window.startSeries();
  }

  @Override
  public boolean apply(SampleWindow w) {
    if (w.floats() == 0) {
      return false;
    }
    double q = quantile.values()[w.step];
    RangeFunctions.badQuantile(annotations, quantilePlace, place, q);
    if (w.histograms() > 0) {
      OverTime.ignored(annotations, quantilePlace, w);
    }
    window.move(w.series.floats(), w.f0, w.f1);
    return w.result(Quantiles.ofSorted(q, window.sorted(), window.size()));
  }
}
