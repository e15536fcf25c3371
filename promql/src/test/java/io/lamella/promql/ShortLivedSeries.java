package io.lamella.promql;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SeriesSource;
import java.util.HashMap;
import java.util.Map;

/// A metric `x` of pods that come and go: many series over a long time, each with ten samples a
/// minute apart.
final class ShortLivedSeries {
  static final int SERIES = 10_000;
  static final int STEPS = 11_000;
  static final long STEP_MILLIS = 60_000;
  static final long END_MILLIS = (STEPS - 1) * STEP_MILLIS;

  /// Ten samples, and those that the lookback of five minutes returns after the last one.
  static final int ELEMENTS = 14;

  private ShortLivedSeries() {}

  static SeriesSource source() {
    Map<Labels, SampleColumns> out = new HashMap<>();
    for (int i = 0; i < SERIES; i++) {
      SampleColumns samples = new SampleColumns(10);
      long first = (long) i * (STEPS - ELEMENTS) / SERIES;
      for (int k = 0; k < 10; k++) {
        samples.add((first + k) * STEP_MILLIS, i + k * 0.5);
      }
      out.put(
          Labels.of("__name__", "x", "pod", "pod-" + i, "dc", "dc-" + i % 7, "le", "" + i % 10),
          samples);
    }
    return new MemorySeriesSource(out);
  }
}
