package io.lamella.promql.exec.function;

import io.lamella.model.Utf8Order;
import io.lamella.promql.exec.Materialized;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The sorting functions: the order of an instant query's result.
public final class SortedSeries implements SeriesOperator {
  private final QueryRun run;
  private final SeriesOperator from;
  private final @Nullable Comparator<StepSeries> order;
  private final boolean floatsOnly;
  private @Nullable Iterator<StepSeries> sorted;

  /// @param order null where the order has no effect
  public SortedSeries(
      QueryRun run,
      SeriesOperator from,
      @Nullable Comparator<StepSeries> order,
      boolean floatsOnly) {
    this.run = run;
    this.from = from;
    this.order = order;
    this.floatsOnly = floatsOnly;
  }

  /// By value; NaN last either way.
  public static Comparator<StepSeries> byValue(boolean descending) {
    return (a, b) -> {
      double x = a.values()[0];
      double y = b.values()[0];
      if (x != x || y != y) {
        return Boolean.compare(x != x, y != y);
      }
      int c = x < y ? -1 : x > y ? 1 : 0;
      return descending ? -c : c;
    };
  }

  /// By the values of the given labels in natural order, then by all labels.
  public static Comparator<StepSeries> byLabels(List<String> names, boolean descending) {
    Comparator<StepSeries> c =
        (a, b) -> {
          for (String name : names) {
            int d = natural(a.labels().value(name), b.labels().value(name));
            if (d != 0) {
              return d;
            }
          }
          return a.labels().compareTo(b.labels());
        };
    return descending ? c.reversed() : c;
  }

  /// Natural order: runs of digits compare as numbers.
  static int natural(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      boolean digits = isDigit(a.charAt(i)) && isDigit(b.charAt(j));
      if (!digits) {
        if (a.charAt(i) != b.charAt(j)) {
          return Utf8Order.compare(a.substring(i), b.substring(j));
        }
        i++;
        j++;
        continue;
      }
      int endA = run(a, i);
      int endB = run(b, j);
      String x = stripZeros(a.substring(i, endA));
      String y = stripZeros(b.substring(j, endB));
      int c = x.length() != y.length() ? x.length() - y.length() : x.compareTo(y);
      if (c != 0) {
        return c;
      }
      // Of equal numbers the one with fewer leading zeros comes first.
      if (endA - i != endB - j) {
        return (endA - i) - (endB - j);
      }
      i = endA;
      j = endB;
    }
    return (a.length() - i) - (b.length() - j);
  }

  private static int run(String s, int from) {
    int i = from;
    while (i < s.length() && isDigit(s.charAt(i))) {
      i++;
    }
    return i;
  }

  private static String stripZeros(String s) {
    int i = 0;
    while (i < s.length() - 1 && s.charAt(i) == '0') {
      i++;
    }
    return s.substring(i);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
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
    Iterator<StepSeries> all = sorted;
    if (all == null) {
      all = sort(order);
      sorted = all;
    }
    if (!all.hasNext()) {
      return false;
    }
    into.copyFrom(all.next());
    return true;
  }

  private Iterator<StepSeries> sort(Comparator<StepSeries> by) {
    List<StepSeries> out = new ArrayList<>();
    for (StepSeries s : Materialized.all(run, from, 1)) {
      if (!floatsOnly || s.histogram(0) == null) {
        out.add(s);
      }
    }
    out.sort(by);
    return out.iterator();
  }

  @Override
  public boolean hasUniqueLabels() {
    return from.hasUniqueLabels();
  }
}
