package io.lamella.bench.data;

import io.lamella.model.Stale;

/// How the fleet's floats move.
final class Signals {
  private static final long MINUTE_MILLIS = 60_000;

  private Signals() {}

  /// 1 up, 2 down: down in its router's maintenance, which all ports share, and now and then by
  /// itself; a few scrapes are missing.
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

  /// 0 or 1, which changes every two days or so.
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

  /// Holds for half an hour or so, then jumps.
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

  /// Counts up and starts again at zero every two weeks or so.
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

  /// Bucket `bucket` of a classic histogram: counts what falls into it and into all below, from
  /// streams that the histogram's other buckets draw from as well.
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

  /// Bytes that wander.
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

  /// Comes and goes, with a stale marker each time it goes, now and then a NaN of its own, −0 or an
  /// infinity.
  static Signal.Source flapping(long seed) {
    return () -> {
      SplitMix random = new SplitMix(seed);
      boolean[] there = {true};
      return (time, into) -> {
        boolean was = there[0];
        there[0] = random.below(6) != 0;
        if (was && !there[0]) {
          into.add(time, Stale.MARKER);
        } else if (there[0]) {
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
