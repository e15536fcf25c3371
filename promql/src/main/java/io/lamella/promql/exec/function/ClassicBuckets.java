package io.lamella.promql.exec.function;

import io.lamella.promql.exec.Annotations;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The buckets of one classic histogram at one step: upper bounds and cumulative counts.
final class ClassicBuckets {
  private static final double SMALL_DELTA = 1e-12;

  private double[] bounds = new double[16];
  private double[] counts = new double[16];
  private int size;
  private Annotations.@Nullable Monotonicity correction;

  void clear() {
    size = 0;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(double bound, double count) {
    if (size == bounds.length) {
      bounds = Arrays.copyOf(bounds, 2 * size);
      counts = Arrays.copyOf(counts, 2 * size);
    }
    int at = size;
    while (at > 0 && bounds[at - 1] > bound) {
      bounds[at] = bounds[at - 1];
      counts[at] = counts[at - 1];
      at--;
    }
    bounds[at] = bound;
    counts[at] = count;
    size++;
  }

  /// Adds up buckets with equal bounds.
  private void coalesce() {
    int n = 0;
    for (int i = 0; i < size; i++) {
      if (n > 0 && bounds[n - 1] == bounds[i]) {
        counts[n - 1] += counts[i];
      } else {
        bounds[n] = bounds[i];
        counts[n++] = counts[i];
      }
    }
    size = n;
  }

  /// The correction that the last call of [#quantile] made; null for none.
  Annotations.@Nullable Monotonicity correction() {
    return correction;
  }

  double quantile(double q, long timeMillis) {
    correction = null;
    if (q != q) {
      return Double.NaN;
    }
    if (q < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (q > 1) {
      return Double.POSITIVE_INFINITY;
    }
    if (bounds[size - 1] != Double.POSITIVE_INFINITY) {
      return Double.NaN;
    }
    coalesce();
    monotonic(timeMillis);
    double total = counts[size - 1];
    if (size < 2 || total == 0) {
      return Double.NaN;
    }
    double rank = q * total;
    int b = firstOfRank(rank);
    if (b == size - 1) {
      return bounds[size - 2];
    }
    if (b == 0 && bounds[0] <= 0) {
      return bounds[0];
    }
    double start = b == 0 ? 0 : bounds[b - 1];
    double before = b == 0 ? 0 : counts[b - 1];
    return start + (bounds[b] - start) * ((rank - before) / (counts[b] - before));
  }

  /// The first bucket but the last that reaches a rank, else the last one. A binary search, as
  /// counts with NaN are not ascending and Prometheus searches so.
  private int firstOfRank(double rank) {
    int low = 0;
    int high = size - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (counts[middle] >= rank) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /// Makes counts monotonic: raises those that are below the count before. Tiny differences count
  /// as equal.
  private void monotonic(long timeMillis) {
    double previous = counts[0];
    double from = Double.NaN;
    double to = Double.NaN;
    double max = 0;
    for (int i = 1; i < size; i++) {
      double current = counts[i];
      if (current == previous) {
        continue;
      }
      if (almostEqual(previous, current)) {
        counts[i] = previous;
        continue;
      }
      if (current < previous) {
        max = Math.max(max, previous - current);
        if (from != from) {
          from = bounds[i];
        }
        to = bounds[i];
        counts[i] = previous;
        continue;
      }
      previous = current;
    }
    if (from == from) {
      correction = new Annotations.Monotonicity(from, to, max, 1, timeMillis, timeMillis);
    }
  }

  static boolean almostEqual(double a, double b) {
    if (a == b) {
      return true;
    }
    double sum = Math.abs(a) + Math.abs(b);
    double difference = Math.abs(a - b);
    if (a == 0 || b == 0 || sum < Double.MIN_NORMAL) {
      return difference < SMALL_DELTA * Double.MIN_NORMAL;
    }
    return difference / Math.min(sum, Double.MAX_VALUE) < SMALL_DELTA;
  }

  double fraction(double lower, double upper) {
    if (bounds[size - 1] != Double.POSITIVE_INFINITY) {
      return Double.NaN;
    }
    coalesce();
    double total = counts[size - 1];
    if (total == 0 || total != total || lower != lower || upper != upper) {
      return Double.NaN;
    }
    if (lower >= upper) {
      return 0;
    }
    double above = rank(upper);
    double below = rank(lower);
    // Counts need not be monotonic here.
    return ((above > total ? total : above) - (below > total ? total : below)) / total;
  }

  private double rank(double v) {
    double before = 0;
    double start = bounds[0] > 0 ? 0 : Double.NEGATIVE_INFINITY;
    for (int i = 0; i < size; i++) {
      double end = bounds[i];
      if (v <= start) {
        return before;
      }
      if (v < end) {
        if (start == Double.NEGATIVE_INFINITY) {
          return counts[i];
        }
        return before + (counts[i] - before) * (v - start) / (end - start);
      }
      before = counts[i];
      start = end;
    }
    return before;
  }
}
