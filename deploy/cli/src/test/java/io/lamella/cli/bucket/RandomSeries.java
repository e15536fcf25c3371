package io.lamella.cli.bucket;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.SampleColumns;
import io.lamella.model.Span;
import io.lamella.model.Stale;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// The series of one cluster as one server scrapes them: counters with resets, gauges with odd
/// values, native histograms of all kinds, and series that change between floats and histograms.
final class RandomSeries {
  private static final long MINUTE = 60_000;
  private final Random random;
  private final List<Labels> labels;
  private final long intervalMillis;
  private final boolean startTimes;

  /// @param random decides which series there are
  /// @param startTimes whether samples have start timestamps
  RandomSeries(Random random, boolean startTimes) {
    this.random = random;
    this.startTimes = startTimes;
    TreeMap<Labels, Boolean> all = new TreeMap<>();
    for (int i = 3 + random.nextInt(6); i > 0; i--) {
      LabelsBuilder b = new LabelsBuilder();
      b.add("__name__", METRICS.get(random.nextInt(METRICS.size())));
      if (random.nextInt(3) == 0) {
        b.add("dc_id", List.of("1", "2", "10", "é").get(random.nextInt(4)));
      }
      b.add("host", "h" + random.nextInt(3));
      if (random.nextInt(3) == 0) {
        b.add("path", PATHS.get(random.nextInt(PATHS.size())));
      }
      all.put(b.build(), true);
    }
    // An external label of the same name replaces it.
    all.put(Labels.of("__name__", "up", "cluster", "own", "host", "only"), true);
    this.labels = List.copyOf(all.keySet());
    this.intervalMillis = (8 + random.nextInt(22)) * MINUTE;
  }

  /// Names of the labels that a series may have.
  static final List<String> LABELS = List.of("__name__", "cluster", "dc_id", "host", "path");

  /// Values of a label that is not in the sort key, with the same beginnings and of lengths at
  /// which bounds in the page index and the footer are cut.
  static final List<String> PATHS =
      List.of(
          "/api/v1/query_ra",
          "/api/v1/query_ra".repeat(64),
          "/api/v1/query_ra".repeat(64) + "b",
          "/api/v1/query_range",
          "/api/v1/query_rangeé",
          "/api/v1/query_rб",
          "/api/v1/query_r\uffff",
          "ж".repeat(9),
          "\udbff\udfff".repeat(5),
          "\udbff\udfff".repeat(300),
          "1");

  static final List<String> METRICS =
      List.of(
          "requests_total",
          "up",
          "odd",
          "latency",
          "latency_float",
          "latency_gauge",
          "latency_custom",
          "mixed");

  /// @param skewMillis how far the server's clock is ahead
  Map<Labels, SampleColumns> scrape(long fromMillis, long toMillis, long skewMillis) {
    Map<Labels, SampleColumns> out = new TreeMap<>();
    for (Labels l : labels) {
      SampleColumns samples = scrape(l.value("__name__"), fromMillis, toMillis, skewMillis);
      if (samples.size() > 0) {
        out.put(l, samples);
      }
    }
    return out;
  }

  private SampleColumns scrape(String metric, long from, long to, long skew) {
    SampleColumns out = new SampleColumns();
    Counter counter = new Counter(random);
    boolean gapped = random.nextInt(2) == 0;
    int gap = 0;
    long start = from + skew - random.nextInt(1000);
    for (long t = from + skew; t < to; t += intervalMillis) {
      if (gap > 0) {
        gap--;
        continue;
      }
      if (gapped && random.nextInt(25) == 0) {
        gap = 1 + random.nextInt(20);
      }
      if (random.nextInt(40) == 0) {
        counter = new Counter(random);
        start = t - random.nextInt(1000);
      }
      counter.observe();
      int before = out.size();
      if (random.nextInt(60) == 0 && !metric.equals("odd")) {
        addStale(metric, t, out);
      } else {
        add(metric, t, counter, out);
      }
      if (startTimes && out.size() > before) {
        out.startTime(start);
      }
    }
    return out;
  }

  private static void addStale(String metric, long t, SampleColumns out) {
    if (metric.equals("latency") || metric.equals("latency_custom")) {
      out.add(t, Histogram.stale().withIntegerCounts());
    } else if (metric.equals("latency_float")) {
      out.add(t, Histogram.stale());
    } else if (metric.equals("requests_total") || metric.equals("up")) {
      // After a histogram Prometheus would store a stale histogram in its place.
      out.add(t, Stale.MARKER);
    }
  }

  private void add(String metric, long t, Counter counter, SampleColumns out) {
    switch (metric) {
      case "requests_total" -> out.add(t, counter.count());
      case "up" -> out.add(t, random.nextInt(5) == 0 ? 0.0 : 1.0);
      case "latency" -> out.add(t, counter.histogram(CounterReset.UNKNOWN).withIntegerCounts());
      case "latency_float" -> out.add(t, counter.histogram(CounterReset.UNKNOWN));
      case "latency_gauge" ->
          out.add(t, new Counter(random).histogram(CounterReset.GAUGE).withIntegerCounts());
      case "latency_custom" -> out.add(t, counter.custom().withIntegerCounts());
      case "mixed" -> {
        if (t / (5 * intervalMillis) % 2 == 0) {
          out.add(t, counter.count());
        } else {
          out.add(t, counter.histogram(CounterReset.UNKNOWN).withIntegerCounts());
        }
      }
      default -> out.add(t, odd());
    }
  }

  private double odd() {
    return switch (random.nextInt(12)) {
      case 0 -> Double.NaN;
      case 1 -> Stale.MARKER;
      case 2 -> -0.0;
      case 3 -> Double.NEGATIVE_INFINITY;
      case 4 -> Double.MIN_VALUE;
      case 5 -> Double.longBitsToDouble(random.nextLong());
      default -> random.nextGaussian();
    };
  }

  /// Counts observations in buckets; its layout grows.
  private static final class Counter {
    private final Random random;
    private final int schema;
    private final int first;
    private final double[] counts;
    private double zero;
    private int used = 1;

    Counter(Random random) {
      this.random = random;
      this.schema = random.nextInt(3);
      this.first = random.nextInt(4) - 2;
      this.counts = new double[6];
      observe();
    }

    void observe() {
      if (random.nextInt(9) == 0) {
        used = Math.min(counts.length, used + 1);
      }
      for (int i = 0; i < used; i++) {
        counts[i] += random.nextInt(4) * random.nextInt(3);
      }
      zero += random.nextInt(2);
    }

    double count() {
      double n = zero;
      for (int i = 0; i < used; i++) {
        n += counts[i];
      }
      return n;
    }

    Histogram histogram(CounterReset hint) {
      double[] now = new double[used];
      System.arraycopy(counts, 0, now, 0, used);
      return new Histogram(
          hint,
          schema,
          1e-3,
          zero,
          count(),
          count() * 1.5,
          List.of(new Span(first, used)),
          now,
          List.of(),
          new double[0],
          new double[0]);
    }

    Histogram custom() {
      double[] now = new double[4];
      double n = 0;
      for (int i = 0; i < now.length; i++) {
        now[i] = counts[i];
        n += now[i];
      }
      return new Histogram(
          CounterReset.UNKNOWN,
          Histogram.CUSTOM_BUCKETS,
          0,
          0,
          n,
          n * 0.25,
          List.of(new Span(0, now.length)),
          now,
          List.of(),
          new double[0],
          new double[] {0.1 * (1 + schema), 1, 5});
    }
  }
}
