package io.lamella.bench.data;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.Span;
import java.util.List;

/// Signals whose samples are native histograms.
final class HistogramSignals {
  private static final double[] NONE = {};
  private static final int BUCKETS = 8;

  private HistogramSignals() {}

  /// A counter with exponential buckets that resets now and then; there is a gap between its spans.
  static Signal.Source counter(long seed) {
    return () -> {
      SplitMix random = new SplitMix(seed);
      double[] counts = new double[BUCKETS];
      double[] rest = new double[2];
      boolean[] began = {false};
      return (time, into) -> {
        boolean reset = random.oneIn(300);
        if (reset) {
          java.util.Arrays.fill(counts, 0);
          java.util.Arrays.fill(rest, 0);
        }
        double total = 0;
        for (int i = 0; i < BUCKETS; i++) {
          counts[i] += random.below(9);
          total += counts[i];
        }
        rest[0] += random.below(3);
        rest[1] += random.below(1000) / 8.0;
        CounterReset hint =
            !began[0] ? CounterReset.UNKNOWN : reset ? CounterReset.RESET : CounterReset.NOT_RESET;
        began[0] = true;
        into.add(
            time,
            new Histogram(
                    hint,
                    3,
                    0x1p-128,
                    rest[0],
                    total + rest[0],
                    rest[1],
                    List.of(new Span(-3, 5), new Span(2, 3)),
                    counts.clone(),
                    List.of(),
                    NONE,
                    NONE)
                .withIntegerCounts());
      };
    };
  }

  /// A gauge with fractional counts and negative buckets; sometimes stale.
  static Signal.Source gauge(long seed) {
    return () -> {
      SplitMix random = new SplitMix(seed);
      return (time, into) -> {
        double a = random.below(100) / 4.0;
        double b = random.below(100) / 4.0;
        boolean stale = random.oneIn(25);
        into.add(
            time,
            stale
                ? Histogram.stale()
                : new Histogram(
                    CounterReset.GAUGE,
                    1,
                    0.001,
                    1.5,
                    a + b + 1.5,
                    a - b,
                    List.of(new Span(0, 1)),
                    new double[] {a},
                    List.of(new Span(1, 1)),
                    new double[] {b},
                    NONE));
      };
    };
  }
}
