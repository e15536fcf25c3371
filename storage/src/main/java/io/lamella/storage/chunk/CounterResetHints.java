package io.lamella.storage.chunk;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.HistogramResets;
import io.lamella.model.SampleColumns;

/// Finds out where a histogram whose reset is unknown follows the one before it without a reset.
/// Such histograms may share a chunk; otherwise each one of two interleaved sources would need a
/// chunk of its own.
public final class CounterResetHints {
  private CounterResetHints() {}

  /// True where comparing the two samples proves that there was no reset between them. Then the
  /// hint "no reset" means what a reader finds by the same comparison.
  public static boolean isProvenNoReset(Histogram h, Histogram before) {
    return h.counterReset() == CounterReset.UNKNOWN
        && before.counterReset() != CounterReset.GAUGE
        && h.hasIntegerCounts() == before.hasIntegerCounts()
        && !h.isStale()
        && !before.isStale()
        && !HistogramResets.isReset(h, before);
  }

  /// Replaces the unknown hints of `samples` that can be proven, in place.
  public static void prove(SampleColumns samples) {
    if (!samples.hasHistograms()) {
      return;
    }
    for (int i = 1; i < samples.size(); i++) {
      Histogram h = samples.histogramAt(i);
      Histogram before = samples.histogramAt(i - 1);
      if (h != null && before != null && isProvenNoReset(h, before)) {
        samples.replace(i, h.withCounterReset(CounterReset.NOT_RESET));
      }
    }
  }
}
