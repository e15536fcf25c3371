package io.lamella.storage.chunk;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.SampleColumns;
import io.lamella.model.Span;
import io.lamella.model.Stale;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Seeded generators of samples, with many edge cases of the encoders.
final class ChunkSamples {
  private static final double[] ODD = {
    0.0,
    -0.0,
    1,
    -1,
    Double.NaN,
    Double.longBitsToDouble(0x7ff8_0000_dead_beefL),
    Double.longBitsToDouble(0xfff0_0000_0000_0001L),
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.MIN_VALUE,
    Double.MAX_VALUE,
    Stale.MARKER
  };

  private final Random random;

  ChunkSamples(long seed) {
    random = new Random(seed);
  }

  SampleColumns floats(boolean starts) {
    SampleColumns out = new SampleColumns(4);
    int n = 1 + random.nextInt(random.nextInt(5) == 0 ? 700 : 200);
    long[] times = times(n);
    double v = value(0);
    long start = 0;
    for (int i = 0; i < n; i++) {
      if (random.nextInt(4) != 0) {
        v = value(v);
      }
      out.add(times[i], v);
      if (starts) {
        start = start(start, times[i]);
        out.startTime(start);
      }
    }
    return out;
  }

  SampleColumns histograms(boolean integer, boolean starts) {
    SampleColumns out = new SampleColumns(4);
    int n = 1 + random.nextInt(200);
    long[] times = times(n);
    Histogram before = null;
    long start = 0;
    boolean gauge = random.nextInt(4) == 0;
    for (int i = 0; i < n; i++) {
      Histogram h;
      if (random.nextInt(40) == 0) {
        h = Histogram.stale();
        before = null;
      } else {
        boolean fresh = before == null || random.nextInt(30) == 0;
        CounterReset hint =
            gauge
                ? CounterReset.GAUGE
                : fresh && random.nextBoolean()
                    ? CounterReset.RESET
                    : fresh ? CounterReset.UNKNOWN : CounterReset.NOT_RESET;
        h = fresh ? layout(hint, integer) : next(before, hint, integer);
        before = h;
      }
      out.add(times[i], integer ? h.withIntegerCounts() : h);
      if (starts) {
        start = start(start, times[i]);
        out.startTime(start);
      }
    }
    return out;
  }

  private Histogram layout(CounterReset hint, boolean integer) {
    boolean custom = random.nextInt(3) == 0;
    int schema = custom ? Histogram.CUSTOM_BUCKETS : random.nextInt(13) - 4;
    List<Span> positive = new ArrayList<>();
    List<Span> negative = new ArrayList<>();
    double[] bounds = {};
    if (custom) {
      bounds = new double[random.nextInt(6)];
      double bound = random.nextBoolean() ? -3.5 : 0.001;
      for (int i = 0; i < bounds.length; i++) {
        bounds[i] = bound;
        bound += random.nextBoolean() ? 0.125 : random.nextDouble() + 1e-9;
      }
      positive.add(new Span(0, bounds.length + 1));
    } else {
      spans(positive);
      spans(negative);
    }
    double threshold =
        custom
            ? 0
            : switch (random.nextInt(4)) {
              case 0 -> 0;
              case 1 -> 0.001;
              case 2 -> 0x1p-128;
              default -> Math.scalb(1.0, random.nextInt(400) - 300);
            };
    double[] none = new double[HistogramLayout.buckets(positive)];
    double[] noneNegative = new double[HistogramLayout.buckets(negative)];
    Histogram empty =
        new Histogram(
            hint, schema, threshold, 0, 0, 0, positive, none, negative, noneNegative, bounds);
    return next(empty, hint, integer);
  }

  private void spans(List<Span> out) {
    int n = random.nextInt(4);
    for (int i = 0; i < n; i++) {
      int offset = i == 0 ? random.nextInt(2000) - 1000 : random.nextInt(50);
      out.add(new Span(offset, random.nextInt(5)));
    }
  }

  private Histogram next(Histogram before, CounterReset hint, boolean integer) {
    double[] positive = counts(before.positive(), integer);
    double[] negative = counts(before.negative(), integer);
    double sum = value(before.sum());
    return new Histogram(
        hint,
        before.schema(),
        before.zeroThreshold(),
        count(before.zeroCount(), integer),
        count(before.count(), integer),
        Stale.isStale(sum) ? -0.0 : sum,
        before.positiveSpans(),
        positive,
        before.negativeSpans(),
        negative,
        before.customValues());
  }

  private double[] counts(double[] before, boolean integer) {
    double[] out = before.clone();
    for (int i = 0; i < out.length; i++) {
      out[i] = count(out[i], integer);
    }
    return out;
  }

  private double count(double before, boolean integer) {
    if (random.nextInt(3) == 0) {
      return before;
    }
    if (random.nextInt(20) == 0) {
      return integer ? random.nextLong(1L << 52) : random.nextDouble() * 1e18;
    }
    if (random.nextInt(30) == 0) {
      return 0;
    }
    return integer ? before + random.nextInt(1000) : before + random.nextDouble();
  }

  private double value(double before) {
    return switch (random.nextInt(8)) {
      case 0 -> ODD[random.nextInt(ODD.length)];
      case 1 -> Double.longBitsToDouble(random.nextLong());
      case 2 -> random.nextGaussian();
      case 3, 4 -> random.nextInt(1000);
      case 5 -> before + 1;
      default -> before;
    };
  }

  private long start(long before, long time) {
    return switch (random.nextInt(10)) {
      case 0 -> 0;
      case 1 -> time - random.nextInt(100_000);
      case 2 -> random.nextInt(10) == 0 ? random.nextLong() : time;
      default -> before;
    };
  }

  /// Strictly ascending times whose distances fit a long.
  private long[] times(int n) {
    long[] out = new long[n];
    boolean wild = random.nextInt(4) == 0;
    long time =
        wild
            ? -(1L << 61) + random.nextInt()
            : (random.nextBoolean() ? 1 : -1) * 1_700_000_000_000L;
    long step = 1 + random.nextInt(60_000);
    for (int i = 0; i < n; i++) {
      out[i] = time;
      int jitter = random.nextInt(12);
      if (jitter == 0) {
        step = 1 + random.nextInt(1 << (1 + random.nextInt(30)));
      }
      long now = jitter == 1 ? step + random.nextInt(100) : step;
      if (wild && random.nextInt(10) == 0 && time < 1L << 61) {
        now = 1 + random.nextLong(1L << 58);
      }
      time += now;
    }
    return out;
  }
}
