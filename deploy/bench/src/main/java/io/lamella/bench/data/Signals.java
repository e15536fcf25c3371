package io.lamella.bench.data;

import io.lamella.model.Stale;

/// Signals whose samples are floats.
final class Signals {
  private static final long MINUTE_MILLIS = 60_000;

  private Signals() {}

  /// An interface status, 1 up or 2 down: down during maintenance of its router, which all ports
  /// share, and now and then on its own. A few scrapes have no sample.
  static Signal.Source status(long routerSeed, long portSeed) {
    return () -> {
      SplitMix router = new SplitMix(routerSeed);
      SplitMix port = new SplitMix(portSeed);
      long[] maintenanceEnd = {Long.MIN_VALUE};
      long[] downEnd = {Long.MIN_VALUE};
      boolean[] drained = {false};
      return (time, into) -> {
        if (time >= maintenanceEnd[0] && router.oneIn(12_000)) {
          maintenanceEnd[0] = time + (router.below(220) + 20) * MINUTE_MILLIS;
          drained[0] = port.below(4) != 0;
        }
        if (time >= downEnd[0] && port.oneIn(30_000)) {
          downEnd[0] = time + (port.below(60) + 1) * MINUTE_MILLIS;
        }
        boolean down = time < maintenanceEnd[0] && drained[0] || time < downEnd[0];
        if (!port.oneIn(3_000)) {
          into.add(time, down ? 2 : 1);
        }
      };
    };
  }

  /// 0 or 1; changes every two days on average.
  static Signal.Source flag(long seed) {
    return () -> {
      SplitMix random = new SplitMix(seed);
      double[] value = {random.below(4) == 0 ? 0 : 1};
      return (time, into) -> {
        if (random.oneIn(3_000)) {
          value[0] = 1 - value[0];
        }
        into.add(time, value[0]);
      };
    };
  }

  /// Stays constant for half an hour on average, then jumps.
  static Signal.Source plateaus(long seed, int max) {
    return () -> {
      SplitMix random = new SplitMix(seed);
      double[] value = {max / 2};
      return (time, into) -> {
        if (random.oneIn(30)) {
          value[0] = random.below(max);
        }
        into.add(time, value[0]);
      };
    };
  }

  /// A counter that resets to zero every two weeks on average.
  static Signal.Source counter(long seed, int maxStep) {
    return () -> {
      SplitMix random = new SplitMix(seed);
      double[] value = {random.below(1 << 24)};
      return (time, into) -> {
        value[0] = random.oneIn(20_000) ? 0 : value[0] + random.below(maxStep);
        into.add(time, value[0]);
      };
    };
  }

  /// Bucket `bucket` of a classic histogram: counts observations in it and in all lower buckets.
  /// All buckets of a histogram share the same random streams.
  static Signal.Source bucket(long histogramSeed, int bucket) {
    return () -> {
      SplitMix[] parts = new SplitMix[bucket + 1];
      for (int i = 0; i <= bucket; i++) {
        parts[i] = SplitMix.of(histogramSeed, i);
      }
      double[] value = {0};
      return (time, into) -> {
        for (int i = 0; i < parts.length; i++) {
          value[0] += parts[i].below(2 + 3 * Math.min(i, 12 - i));
        }
        into.add(time, value[0]);
      };
    };
  }

  /// A random walk in bytes.
  static Signal.Source walk(long seed) {
    return () -> {
      SplitMix random = new SplitMix(seed);
      double[] value = {random.below(1 << 28) + (1 << 26)};
      return (time, into) -> {
        value[0] += random.below(1 << 16) - (1 << 15);
        into.add(time, value[0]);
      };
    };
  }

  /// A series that appears and disappears, with a stale marker each time it disappears; now and
  /// then an ordinary NaN, −0 or an infinity.
  static Signal.Source flapping(long seed) {
    return () -> {
      SplitMix random = new SplitMix(seed);
      boolean[] present = {true};
      return (time, into) -> {
        boolean was = present[0];
        present[0] = random.below(6) != 0;
        if (was && !present[0]) {
          into.add(time, Stale.MARKER);
        } else if (present[0]) {
          into.add(
              time,
              switch (random.below(40)) {
                case 0 -> Double.NaN;
                case 1 -> -0.0;
                case 2 -> Double.POSITIVE_INFINITY;
                default -> random.gaussian();
              });
        }
      };
    };
  }
}
