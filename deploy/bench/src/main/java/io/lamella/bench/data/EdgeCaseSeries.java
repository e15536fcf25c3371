package io.lamella.bench.data;

import io.lamella.model.Labels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Few series with edge cases: names beyond ASCII, stale markers, NaN, -0 and infinities, native
/// histograms, thousands of label names. Their samples lie in the two hours before all others.
final class EdgeCaseSeries {
  /// Mean number of scrapes between two gaps. Gaps differ between replicas, values do not.
  private static final int GAP_EVERY = 40;

  private static final int NAMES_A_SERIES = 100;

  private EdgeCaseSeries() {}

  /// All edge cases except the late samples, in label order.
  ///
  /// @param replica determines the gaps of the series
  static List<FleetSeries> series(DataSize size, long seed, String replica) {
    List<FleetSeries> out = new ArrayList<>();
    // The name is part of the seed, so changing it changes the data.
    Target lossy = Target.of(seed, "awkward", GAP_EVERY);
    Target target =
        new Target(SplitMix.of(seed, replica).next(), lossy.offsetMillis(), lossy.gapEvery());
    // A histogram states whether it was reset since the previous scrape, so no scrape may be
    // missing.
    Target withoutGaps = new Target(0, lossy.offsetMillis(), 0);
    for (int i = 0; i < 4; i++) {
      String dc = Integer.toString(i + 1);
      add(out, size, target, Signals.flapping(seed + i), "bench_flapping", "dc_id", dc);
      add(
          out,
          size,
          target,
          Signals.walk(seed + i),
          "bench.größe",
          "dc_id",
          dc,
          "région",
          "𝄞 sud");
      add(
          out,
          size,
          withoutGaps,
          HistogramSignals.counter(seed + i),
          "bench_native_seconds",
          "dc_id",
          dc);
      add(
          out,
          size,
          withoutGaps,
          HistogramSignals.gauge(seed + i),
          "bench_native_gauge",
          "dc_id",
          dc);
    }
    for (int from = 0, n = 0; from < size.labelNames(); from += NAMES_A_SERIES, n++) {
      List<String> labels = new ArrayList<>(List.of("dc_id", "1", "n", Integer.toString(n)));
      for (int i = from; i < Math.min(size.labelNames(), from + NAMES_A_SERIES); i++) {
        labels.add("label_" + i);
        labels.add("value_" + i % 7);
      }
      add(
          out,
          size,
          target,
          Signals.plateaus(seed + n, 9),
          "bench_wide",
          labels.toArray(String[]::new));
    }
    out.sort(Comparator.comparing(FleetSeries::labels));
    return List.copyOf(out);
  }

  /// Late samples: the flapping series again, shifted by half a minute, for a block that overlaps
  /// the others.
  static List<FleetSeries> late(DataSize size, long seed) {
    List<FleetSeries> out = new ArrayList<>();
    Target target = Target.of(seed, "awkward", GAP_EVERY);
    Target shifted =
        new Target(target.seed(), (target.offsetMillis() + 30_000) % Target.INTERVAL_MILLIS, 0);
    for (int i = 0; i < 4; i++) {
      String dc = Integer.toString(i + 1);
      add(out, size, shifted, Signals.plateaus(seed + i, 9), "bench_flapping", "dc_id", dc);
    }
    out.sort(Comparator.comparing(FleetSeries::labels));
    return List.copyOf(out);
  }

  private static void add(
      List<FleetSeries> out,
      DataSize size,
      Target target,
      Signal.Source signal,
      String metric,
      String... labels) {
    Labels all = Labels.of(labels).toBuilder().add(Labels.METRIC_NAME, metric).build();
    out.add(new FleetSeries(all, target, signal, size.edgeCaseStartMillis(), size.startMillis()));
  }
}
