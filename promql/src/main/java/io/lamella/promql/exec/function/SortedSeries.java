package io.lamella.promql.exec.function;

import io.lamella.promql.exec.Materialized;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import io.lamella.promql.exec.StoredSeries;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The sorting functions: the order of an instant query's result.
public final class SortedSeries implements SeriesOperator {
  private static final int MAX_INSERTION = 12;

  private final QueryRun run;
  private final SeriesOperator from;
  private final @Nullable Comparator<StoredSeries> order;
  private final boolean floatsOnly;
  private @Nullable Iterator<StoredSeries> sorted;

  /// @param order null where the order has no effect
  public SortedSeries(
      QueryRun run,
      SeriesOperator from,
      @Nullable Comparator<StoredSeries> order,
      boolean floatsOnly) {
    this.run = run;
    this.from = from;
    this.order = order;
    this.floatsOnly = floatsOnly;
  }

  /// By value; NaN last either way.
  public static Comparator<StoredSeries> byValue(boolean descending) {
    return (a, b) -> {
      double x = a.value(0);
      double y = b.value(0);
      if (x != x || y != y) {
        return Boolean.compare(x != x, y != y);
      }
      int c = x < y ? -1 : x > y ? 1 : 0;
      return descending ? -c : c;
    };
  }

  /// By the values of the given labels in natural order, then by all labels.
  ///
  /// As in Prometheus this is not a total order: of an empty and another value, or of `1` and `01`,
  /// neither comes first or each does. Which one stays first depends on the order before and on the
  /// algorithm, see [#sort].
  public static Comparator<StoredSeries> byLabels(List<String> names, boolean descending) {
    int first = descending ? 1 : -1;
    return (a, b) -> {
      for (String name : names) {
        String x = a.labels().value(name);
        String y = b.labels().value(name);
        if (!x.equals(y)) {
          return NaturalOrder.precedes(x, y) ? first : -first;
        }
      }
      int c = a.labels().compareTo(b.labels());
      return descending ? -c : c;
    };
  }

  @Override
  public boolean next(StepSeries into) {
    if (order == null) {
      while (from.next(into)) {
        if (floatsOnly) {
          FloatMap.dropHistograms(into);
        }
        if (!into.isEmpty()) {
          return true;
        }
      }
      return false;
    }
    Iterator<StoredSeries> all = sorted;
    if (all == null) {
      all = sort(order);
      sorted = all;
    }
    if (!all.hasNext()) {
      return false;
    }
    StoredSeries s = all.next();
    s.copyTo(into);
    run.release(s);
    return true;
  }

  private Iterator<StoredSeries> sort(Comparator<StoredSeries> by) {
    List<StoredSeries> out = new ArrayList<>();
    for (StoredSeries s : Materialized.all(run, from, 1)) {
      if (!floatsOnly || s.histogram(0) == null) {
        out.add(s);
      }
    }
    StoredSeries[] all = out.toArray(new StoredSeries[0]);
    sort(all, 0, all.length, by);
    return List.of(all).iterator();
  }

  /// Up to twelve elements are sorted by insertion, as in Prometheus, whose results with a
  /// comparison that contradicts itself are thus the same. Longer parts are merged, which such a
  /// comparison cannot make fail.
  private static void sort(StoredSeries[] all, int from, int to, Comparator<StoredSeries> by) {
    if (to - from <= MAX_INSERTION) {
      for (int i = from + 1; i < to; i++) {
        StoredSeries s = all[i];
        int at = i;
        for (; at > from && by.compare(s, all[at - 1]) < 0; at--) {
          all[at] = all[at - 1];
        }
        all[at] = s;
      }
      return;
    }
    int middle = (from + to) >>> 1;
    sort(all, from, middle, by);
    sort(all, middle, to, by);
    StoredSeries[] left = Arrays.copyOfRange(all, from, middle);
    int i = 0;
    int j = middle;
    for (int at = from; i < left.length; at++) {
      all[at] = j < to && by.compare(all[j], left[i]) < 0 ? all[j++] : left[i++];
    }
  }

  @Override
  public boolean hasUniqueLabels() {
    return from.hasUniqueLabels();
  }
}
