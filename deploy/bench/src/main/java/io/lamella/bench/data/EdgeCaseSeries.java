package io.lamella.bench.data;

import io.lamella.model.Labels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Series that are hard rather than many: names beyond ASCII, stale markers and odd floats, native
/// histograms, thousands of label names. They live in two hours before all others.
final class EdgeCaseSeries {
  /// Losses of scrapes differ between replicas, values do not.
  private static final int GAP_EVERY = 40;

  private static final int NAMES_A_SERIES = 100;

  private EdgeCaseSeries() {}

  /// All of the corner, in label order.
  ///
  /// @param replica whose losses the series have
  static List<FleetSeries> series(DataSize size, long seed, String replica) {
    List<FleetSeries> out = new ArrayList<>();
    Target lossy = Target.of(seed, "awkward", GAP_EVERY);
    Target target =
        new Target(SplitMix.of(seed, replica).next(), lossy.offsetMillis(), lossy.gapEvery());
    // Histograms say whether they were reset since the scrape before: none may be lost.
    Target whole = new Target(0, lossy.offsetMillis(), 0);
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
          whole,
          HistogramSignals.counter(seed + i),
          "bench_native_seconds",
          "dc_id",
          dc);
      add(out, size, whole, HistogramSignals.gauge(seed + i), "bench_native_gauge", "dc_id", dc);
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

  /// What arrived late: the flapping series once more, half a minute aside, as a block that
  /// overlaps the others.
  static List<FleetSeries> late(DataSize size, long seed) {
    List<FleetSeries> out = new ArrayList<>();
    Target target = Target.of(seed, "awkward", GAP_EVERY);
    Target aside =
        new Target(target.seed(), (target.offsetMillis() + 30_000) % Target.INTERVAL_MILLIS, 0);
    for (int i = 0; i < 4; i++) {
      String dc = Integer.toString(i + 1);
      add(out, size, aside, Signals.plateaus(seed + i, 9), "bench_flapping", "dc_id", dc);
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
    out.add(new FleetSeries(all, target, signal, size.awkwardStartMillis(), size.startMillis()));
  }
}
