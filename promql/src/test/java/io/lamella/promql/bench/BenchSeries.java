package io.lamella.promql.bench;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.SampleColumns;
import io.lamella.model.Span;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SeriesSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Series in memory, a sample every 15 seconds from 20 minutes before the first step on. Every
/// value is a function of the numbers of the series and the sample, so that all machines generate
/// the same data.
///
/// @param series number of series of each metric; each bucket of a classic histogram counts
/// @param steps number of steps of a query, 15 seconds apart
record BenchSeries(int series, int steps) {
  static final long START_MILLIS = 1_700_000_000_000L;
  static final long STEP_MILLIS = 15_000;
  private static final int HISTORY = 80;
  private static final List<String> BOUNDS =
      List.of("0.005", "0.01", "0.025", "0.05", "0.1", "0.5", "1", "2.5", "10", "+Inf");
  private static final int NATIVE_BUCKETS = 20;

  /// Offsets of the series numbers, so that metrics do not have the same values.
  private static final int LIMITS = 1_000_000;

  private static final int TEMPERATURES = 2_000_000;
  private static final int DURATIONS = 3_000_000;

  long endMillis() {
    return START_MILLIS + (steps - 1) * STEP_MILLIS;
  }

  /// The series of the metrics that a query names.
  SeriesSource of(String query) {
    Map<Labels, SampleColumns> out = new HashMap<>();
    if (query.contains("requests_total")) {
      for (int i = 0; i < series; i++) {
        out.put(place("requests_total", i).build(), columns(counter(i)));
      }
    }
    if (query.contains("requests_limit")) {
      for (int i = 0; i < series; i++) {
        out.put(place("requests_limit", i).build(), columns(gauge(i + LIMITS)));
      }
    }
    if (query.contains("temperature")) {
      for (int i = 0; i < series; i++) {
        out.put(place("temperature", i).build(), columns(gauge(i + TEMPERATURES)));
      }
    }
    if (query.contains("pod_info")) {
      double[] ones = new double[samples()];
      java.util.Arrays.fill(ones, 1);
      for (int i = 0; i * 3 < series; i++) {
        Labels labels =
            Labels.of("__name__", "pod_info", "pod", "pod-" + i, "node", "node-" + i % 40);
        out.put(labels, columns(ones));
      }
    }
    if (query.contains("duration_seconds_bucket")) {
      addClassic(out);
    } else if (query.contains("duration_seconds")) {
      addNative(out);
    }
    return new MemorySeriesSource(out);
  }

  private int samples() {
    return steps + HISTORY;
  }

  private static long timeMillis(int i) {
    return START_MILLIS + (i - HISTORY) * STEP_MILLIS;
  }

  private static LabelsBuilder place(String metric, int i) {
    return new LabelsBuilder()
        .set("__name__", metric)
        .set("pod", "pod-" + i / 3)
        .set("container", "c" + i % 3)
        .set("dc_id", Integer.toString(i / 3 % 60));
  }

  private static SampleColumns columns(double[] values) {
    SampleColumns out = new SampleColumns(values.length);
    for (int i = 0; i < values.length; i++) {
      out.add(timeMillis(i), values[i]);
    }
    return out;
  }

  /// SplitMix64 of both numbers.
  private static long mix(long a, long b) {
    long x = a * 0x9E3779B97F4A7C15L + b;
    x = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
    x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
    return x ^ (x >>> 31);
  }

  /// Increases by 0 to 15 per sample and is reset about every 512 samples.
  private double[] counter(int number) {
    double[] out = new double[samples()];
    double v = mix(number, -1) >>> 54;
    for (int i = 0; i < out.length; i++) {
      long m = mix(number, i);
      if ((m & 511) == 0) {
        v = 0;
      }
      v += (m >>> 9) & 15;
      out[i] = v;
    }
    return out;
  }

  /// Between 20 and 36.
  private double[] gauge(int number) {
    double[] out = new double[samples()];
    for (int i = 0; i < out.length; i++) {
      out[i] = 20 + (mix(number, i) >>> 40) / (double) (1 << 20);
    }
    return out;
  }

  private void addClassic(Map<Labels, SampleColumns> into) {
    for (int i = 0; i * BOUNDS.size() < series; i++) {
      double[] cumulative = new double[samples()];
      for (int b = 0; b < BOUNDS.size(); b++) {
        double[] bucket = counter(DURATIONS + i * 16 + b);
        for (int k = 0; k < bucket.length; k++) {
          cumulative[k] += bucket[k];
        }
        Labels labels = place("duration_seconds_bucket", i).set("le", BOUNDS.get(b)).build();
        into.put(labels, columns(cumulative));
      }
    }
  }

  /// Eight different series of histograms, each used by many series: values do not change.
  private void addNative(Map<Labels, SampleColumns> into) {
    SampleColumns[] shared = new SampleColumns[8];
    for (int i = 0; i < shared.length; i++) {
      shared[i] = histograms(i);
    }
    for (int i = 0; i < series; i++) {
      into.put(place("duration_seconds", i).build(), shared[i % shared.length]);
    }
  }

  private SampleColumns histograms(int number) {
    SampleColumns out = new SampleColumns(samples());
    double[] counts = new double[NATIVE_BUCKETS];
    double count = 0;
    double sum = 0;
    for (int i = 0; i < samples(); i++) {
      for (int b = 0; b < counts.length; b++) {
        double more = mix(number * 31L + b, i) & 3;
        counts[b] += more;
        count += more;
        sum += more * b;
      }
      Histogram h =
          new Histogram(
              CounterReset.UNKNOWN,
              1,
              1e-128,
              0,
              count,
              sum,
              List.of(new Span(-10, NATIVE_BUCKETS)),
              counts.clone(),
              List.of(),
              new double[0],
              new double[0]);
      out.add(timeMillis(i), h);
    }
    return out;
  }
}
