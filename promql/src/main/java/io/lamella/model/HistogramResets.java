package io.lamella.model;

import java.util.Arrays;

/// Detects counter resets between two histogram samples.
public final class HistogramResets {
  private HistogramResets() {}

  /// True where `current` cannot follow `previous` without a reset, or where its hint is a reset.
  public static boolean isReset(Histogram current, Histogram previous) {
    return switch (current.counterReset()) {
      case RESET -> true;
      case NOT_RESET -> false;
      case UNKNOWN, GAUGE -> detect(current, previous);
    };
  }

  private static boolean detect(Histogram current, Histogram previous) {
    if (current.count() < previous.count()) {
      return true;
    }
    // Exponential buckets that shrank may lie inside the zero bucket, where they do not count.
    if (haveSameBuckets(current, previous) && !shrank(current, previous)) {
      return false;
    }
    if (current.usesCustomBuckets()) {
      return !previous.usesCustomBuckets() || customReset(current, previous);
    }
    if (previous.usesCustomBuckets() || current.schema() > previous.schema()) {
      return true;
    }
    HistogramSum before = new HistogramSum(previous);
    HistogramSum now = new HistogramSum(current);
    BucketList positive = before.positive();
    BucketList negative = before.negative();
    if (now.zeroThreshold() < before.zeroThreshold()) {
      return true;
    }
    if (now.zeroThreshold() > before.zeroThreshold()) {
      before.widenZero(now.zeroThreshold());
      if (before.zeroThreshold() != now.zeroThreshold()) {
        return true;
      }
    }
    if (now.plainZeroCount() < before.plainZeroCount()) {
      return true;
    }
    return shrank(now, now.positive(), before, positive)
        || shrank(now, now.negative(), before, negative);
  }

  /// As in Prometheus the buckets of `before` are those before its zero bucket was widened; what
  /// ends inside the zero bucket of `now` at its schema does not count.
  private static boolean shrank(
      HistogramSum now, BucketList current, HistogramSum before, BucketList previous) {
    int schema = now.schema();
    BucketList reduced =
        before.schema() == schema
            ? previous
            : previous.mapped(i -> BucketBounds.reduce(i, before.schema(), schema));
    return shrank(current, reduced, reduced.countInside(now.zeroThreshold(), schema));
  }

  /// True where both have the same buckets in the same positions, as is the rule within a series.
  private static boolean haveSameBuckets(Histogram a, Histogram b) {
    return a.schema() == b.schema()
        && (a.usesCustomBuckets()
            ? Arrays.equals(a.customValues(), b.customValues())
            : a.zeroThreshold() == b.zeroThreshold())
        && a.positiveSpans().equals(b.positiveSpans())
        && a.negativeSpans().equals(b.negativeSpans());
  }

  private static boolean shrank(Histogram now, Histogram before) {
    return shrank(now.positive(), before.positive())
        || !now.usesCustomBuckets()
            && (now.zeroCount() < before.zeroCount() || shrank(now.negative(), before.negative()));
  }

  private static boolean shrank(double[] now, double[] before) {
    for (int i = 0; i < before.length; i++) {
      if (now[i] < before[i]) {
        return true;
      }
    }
    return false;
  }

  private static boolean shrank(BucketList now, BucketList before, int from) {
    for (int i = from; i < before.size; i++) {
      double was = before.value(i);
      int at = now.find(before.index[i]);
      if (at < 0 ? was != 0 : now.value(at) < was) {
        return true;
      }
    }
    return false;
  }

  private static boolean customReset(Histogram current, Histogram previous) {
    BucketList now = BucketList.of(current.positiveSpans(), current.positive());
    BucketList before = BucketList.of(previous.positiveSpans(), previous.positive());
    if (Arrays.equals(current.customValues(), previous.customValues())) {
      return shrank(now, before, 0);
    }
    double[] common = CustomBounds.common(current.customValues(), previous.customValues());
    double[] a = rebucketed(now, current.customValues(), common);
    double[] b = rebucketed(before, previous.customValues(), common);
    for (int i = 0; i < a.length; i++) {
      if (a[i] < b[i]) {
        return true;
      }
    }
    return false;
  }

  private static double[] rebucketed(BucketList list, double[] bounds, double[] common) {
    double[] out = new double[common.length + 1];
    for (int i = 0; i < list.size; i++) {
      int target = CustomBounds.index(list.index[i], bounds, common);
      out[target] += list.value(i);
    }
    return out;
  }
}
