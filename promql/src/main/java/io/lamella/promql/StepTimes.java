package io.lamella.promql;

import io.lamella.model.TimeRange;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// The evaluation times of several windows: of each `start`, `start + step`, … up to its end
/// inclusive. Windows whose starts differ by a multiple of the step share the times that they have
/// in common, so that the times of one window are always neighbours here. Immutable.
public final class StepTimes {
  private final long[] times;
  private final long stepMillis;
  private final long endMillis;

  private StepTimes(long[] times, long stepMillis, long endMillis) {
    this.times = times;
    this.stepMillis = stepMillis;
    this.endMillis = endMillis;
  }

  /// The times of some windows.
  ///
  /// @param windows at least one, whose starts differ by multiples of the step
  /// @throws IllegalArgumentException where they do not
  public static StepTimes of(List<TimeRange> windows, long stepMillis) {
    List<TimeRange> sorted =
        windows.stream().sorted(Comparator.comparingLong(TimeRange::startMillis)).toList();
    long phase = Math.floorMod(sorted.getFirst().startMillis(), stepMillis);
    long[] out = new long[64];
    int size = 0;
    long next = Long.MIN_VALUE;
    for (TimeRange w : sorted) {
      if (Math.floorMod(w.startMillis(), stepMillis) != phase) {
        throw new IllegalArgumentException(
            "cannot list the steps of windows: "
                + sorted.getFirst().startMillis()
                + " and "
                + w.startMillis()
                + " do not differ by a multiple of "
                + stepMillis);
      }
      for (long t = Math.max(next, w.startMillis()); t <= w.endMillis(); t += stepMillis) {
        if (size == out.length) {
          out = Arrays.copyOf(out, 2 * size);
        }
        out[size++] = t;
        next = t + stepMillis;
      }
    }
    long end = sorted.stream().mapToLong(TimeRange::endMillis).max().orElse(next);
    return new StepTimes(Arrays.copyOf(out, size), stepMillis, end);
  }

  /// The number of steps of one window.
  public static long count(TimeRange window, long stepMillis) {
    return (window.endMillis() - window.startMillis()) / stepMillis + 1;
  }

  public int count() {
    return times.length;
  }

  public long time(int i) {
    return times[i];
  }

  public long stepMillis() {
    return stepMillis;
  }

  public long first() {
    return times[0];
  }

  public long last() {
    return times[times.length - 1];
  }

  /// The latest end of a window, which need not be a step. This is what `end()` is in expressions.
  public long endMillis() {
    return endMillis;
  }

  /// The number of a step.
  ///
  /// @param timeMillis of one of the steps
  public int index(long timeMillis) {
    return Arrays.binarySearch(times, timeMillis);
  }
}
