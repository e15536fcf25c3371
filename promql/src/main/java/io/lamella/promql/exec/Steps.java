package io.lamella.promql.exec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The times at which an expression is evaluated, ascending: a grid `start`, `start + step`, …, or
/// the steps of several time windows. Immutable.
public final class Steps {
  private final long startMillis;
  private final long stepMillis;
  private final int count;
  private final boolean isRange;

  /// Each time; null where they are a grid.
  private final long @Nullable [] times;

  private Steps(
      long startMillis, long stepMillis, int count, boolean isRange, long @Nullable [] times) {
    this.startMillis = startMillis;
    this.stepMillis = stepMillis;
    this.count = count;
    this.isRange = isRange;
    this.times = times;
  }

  public static Steps once(long timeMillis) {
    return new Steps(timeMillis, 1, 1, false, null);
  }

  /// The steps from start to end; the end itself need not be a step.
  public static Steps range(long startMillis, long endMillis, long stepMillis) {
    int count = Math.toIntExact(count(startMillis, endMillis, stepMillis));
    return new Steps(startMillis, stepMillis, count, startMillis != endMillis, null);
  }

  /// The steps of several windows.
  ///
  /// @param times strictly ascending, at least one; not to be changed any more
  /// @param stepMillis the distance of neighbours within a window
  static Steps listed(long[] times, long stepMillis) {
    long last = times[times.length - 1];
    boolean isGrid =
        last - times[0] == (times.length - 1) * stepMillis && isEven(times, stepMillis);
    return new Steps(times[0], stepMillis, times.length, true, isGrid ? null : times);
  }

  /// Collects the steps of several windows, in order.
  public static final class Listing {
    private final QueryRun run;
    private final long stepMillis;
    private long[] times = new long[64];
    private int size;

    Listing(QueryRun run, long stepMillis) {
      this.run = run;
      this.stepMillis = stepMillis;
    }

    public void add(long timeMillis) {
      if (size == times.length) {
        run.checkSteps(size + 1L);
        run.memory().hold(8L * size);
        times = Arrays.copyOf(times, 2 * size);
      }
      times[size++] = timeMillis;
    }

    /// The collected steps; there may be none.
    public Steps steps() {
      run.checkSteps(size);
      return size == 0
          ? new Steps(0, stepMillis, 0, true, null)
          : listed(Arrays.copyOf(times, size), stepMillis);
    }
  }

  private static boolean isEven(long[] times, long stepMillis) {
    for (int i = 1; i < times.length; i++) {
      if (times[i] - times[i - 1] != stepMillis) {
        return false;
      }
    }
    return true;
  }

  /// The number of steps from start to end, at most [Long#MAX_VALUE].
  static long count(long startMillis, long endMillis, long stepMillis) {
    if (startMillis > endMillis) {
      return 0;
    }
    // The distance may be too large for a sign.
    long intervals = Long.divideUnsigned(endMillis - startMillis, stepMillis);
    return intervals < 0 || intervals == Long.MAX_VALUE ? Long.MAX_VALUE : intervals + 1;
  }

  public int count() {
    return count;
  }

  /// False where there is a single time, as in an instant query; only there sorting functions have
  /// an effect.
  public boolean isRange() {
    return isRange;
  }

  /// True where the distance of all neighbours is [#stepMillis].
  public boolean isGrid() {
    return times == null;
  }

  /// The distance of neighbours; between windows it is another.
  public long stepMillis() {
    return stepMillis;
  }

  public long time(int i) {
    long[] all = times;
    return all == null ? startMillis + i * stepMillis : all[i];
  }

  public long first() {
    return startMillis;
  }

  public long last() {
    return time(count - 1);
  }
}
