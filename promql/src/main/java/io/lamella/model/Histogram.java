package io.lamella.model;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A native histogram sample: counts in exponential buckets (schema −4…8; stored ones up to 52) or
/// in custom buckets (schema −53, [#CUSTOM_BUCKETS]).
///
/// Counts are absolute doubles, one for each bucket, whatever the stored form was; an integer
/// histogram's counts are exact below 2^53. The histogram owns the arrays that it is constructed
/// with; nobody may change them afterwards. Source: Prometheus' native histogram specification.
public final class Histogram {
  public static final int CUSTOM_BUCKETS = -53;
  private static final double[] NONE = {};

  private final CounterReset counterReset;
  private final int schema;
  private final double zeroThreshold;
  private final double zeroCount;
  private final double count;
  private final double sum;
  private final List<Span> positiveSpans;
  private final double[] positive;
  private final List<Span> negativeSpans;
  private final double[] negative;
  private final double[] customValues;
  private final boolean integer;

  /// @param positive one count for each bucket of the positive spans, in order; likewise negative
  /// @param customValues ascending upper bounds, for schema −53 only; else empty
  public Histogram(
      CounterReset counterReset,
      int schema,
      double zeroThreshold,
      double zeroCount,
      double count,
      double sum,
      List<Span> positiveSpans,
      double[] positive,
      List<Span> negativeSpans,
      double[] negative,
      double[] customValues) {
    this(
        counterReset,
        schema,
        zeroThreshold,
        zeroCount,
        count,
        sum,
        positiveSpans,
        positive,
        negativeSpans,
        negative,
        customValues,
        false);
  }

  private Histogram(
      CounterReset counterReset,
      int schema,
      double zeroThreshold,
      double zeroCount,
      double count,
      double sum,
      List<Span> positiveSpans,
      double[] positive,
      List<Span> negativeSpans,
      double[] negative,
      double[] customValues,
      boolean integer) {
    this.integer = integer;
    this.counterReset = counterReset;
    this.schema = schema;
    this.zeroThreshold = zeroThreshold;
    this.zeroCount = zeroCount;
    this.count = count;
    this.sum = sum;
    this.positiveSpans = List.copyOf(positiveSpans);
    this.positive = positive;
    this.negativeSpans = List.copyOf(negativeSpans);
    this.negative = negative;
    this.customValues = customValues;
  }

  /// A stale marker of histogram type: only the sum is set.
  public static Histogram stale() {
    return new Histogram(
        CounterReset.UNKNOWN, 0, 0, 0, 0, Stale.MARKER, List.of(), NONE, List.of(), NONE, NONE);
  }

  public CounterReset counterReset() {
    return counterReset;
  }

  public int schema() {
    return schema;
  }

  public boolean usesCustomBuckets() {
    return schema == CUSTOM_BUCKETS;
  }

  public double zeroThreshold() {
    return zeroThreshold;
  }

  public double zeroCount() {
    return zeroCount;
  }

  public double count() {
    return count;
  }

  public double sum() {
    return sum;
  }

  public List<Span> positiveSpans() {
    return positiveSpans;
  }

  public double[] positive() {
    return positive;
  }

  public List<Span> negativeSpans() {
    return negativeSpans;
  }

  public double[] negative() {
    return negative;
  }

  public double[] customValues() {
    return customValues;
  }

  public boolean isStale() {
    return Stale.isStale(sum);
  }

  /// The largest absolute value of count, sum, zero count and all buckets.
  double largest() {
    double most = Math.max(Math.abs(count), Math.abs(sum));
    most = Math.max(most, Math.abs(zeroCount));
    for (double x : positive) {
      most = Math.max(most, Math.abs(x));
    }
    for (double x : negative) {
      most = Math.max(most, Math.abs(x));
    }
    return most;
  }

  /// True where count, sum or a bucket is infinite.
  public boolean overflows() {
    return Double.isInfinite(largest());
  }

  public Histogram withCounterReset(CounterReset hint) {
    return hint == counterReset
        ? this
        : new Histogram(
            hint,
            schema,
            zeroThreshold,
            zeroCount,
            count,
            sum,
            positiveSpans,
            positive,
            negativeSpans,
            negative,
            customValues,
            integer);
  }

  /// An empty histogram with the same schema and custom bounds.
  public Histogram withoutCounts() {
    return new Histogram(
        CounterReset.UNKNOWN, schema, 0, 0, 0, 0, List.of(), NONE, List.of(), NONE, customValues);
  }

  /// True where the counts were stored as integers. This is no statement about their values and
  /// takes no part in equality; a chunk writer uses it to keep the stored form.
  public boolean hasIntegerCounts() {
    return integer;
  }

  /// A copy that is stored with integer counts.
  public Histogram withIntegerCounts() {
    return new Histogram(
        counterReset,
        schema,
        zeroThreshold,
        zeroCount,
        count,
        sum,
        positiveSpans,
        positive,
        negativeSpans,
        negative,
        customValues,
        true);
  }

  /// Equality of every field, doubles by their bits, the counter reset hint included.
  @Override
  public boolean equals(Object o) {
    return o instanceof Histogram h
        && counterReset == h.counterReset
        && schema == h.schema
        && sameBits(zeroThreshold, h.zeroThreshold)
        && sameBits(zeroCount, h.zeroCount)
        && sameBits(count, h.count)
        && sameBits(sum, h.sum)
        && positiveSpans.equals(h.positiveSpans)
        && negativeSpans.equals(h.negativeSpans)
        && sameBits(positive, h.positive)
        && sameBits(negative, h.negative)
        && sameBits(customValues, h.customValues);
  }

  /// Equality of all observations: of every field but the counter reset hint and the layout of the
  /// spans, doubles by their bits. A bucket of the count 0 is equal to one that is absent.
  public boolean hasSameObservations(Histogram h) {
    return schema == h.schema
        && sameBits(zeroThreshold, h.zeroThreshold)
        && sameBits(zeroCount, h.zeroCount)
        && sameBits(count, h.count)
        && sameBits(sum, h.sum)
        && sameBuckets(positiveSpans, positive, h.positiveSpans, h.positive)
        && sameBuckets(negativeSpans, negative, h.negativeSpans, h.negative)
        && sameBits(customValues, h.customValues);
  }

  private static boolean sameBuckets(
      List<Span> a, double[] countsA, List<Span> b, double[] countsB) {
    return a.equals(b)
        ? sameBits(countsA, countsB)
        : buckets(a, countsA).equals(buckets(b, countsB));
  }

  /// The bits of the counts of buckets with observations, by index.
  private static Map<Integer, Long> buckets(List<Span> spans, double[] counts) {
    Map<Integer, Long> out = new HashMap<>();
    int index = 0;
    int n = 0;
    for (Span s : spans) {
      index += s.offset();
      for (int k = 0; k < s.length(); k++) {
        long bits = Double.doubleToRawLongBits(counts[n++]);
        if (bits != 0) {
          out.put(index, bits);
        }
        index++;
      }
    }
    return out;
  }

  private static boolean sameBits(double a, double b) {
    return Double.doubleToRawLongBits(a) == Double.doubleToRawLongBits(b);
  }

  private static boolean sameBits(double[] a, double[] b) {
    if (a.length != b.length) {
      return false;
    }
    for (int i = 0; i < a.length; i++) {
      if (!sameBits(a[i], b[i])) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * schema + Double.hashCode(count))
        + Double.hashCode(sum)
        + positiveSpans.hashCode();
  }

  @Override
  public String toString() {
    return "Histogram[schema="
        + schema
        + " count="
        + count
        + " sum="
        + sum
        + " zero="
        + zeroCount
        + "@"
        + zeroThreshold
        + " positive="
        + positiveSpans
        + Arrays.toString(positive)
        + " negative="
        + negativeSpans
        + Arrays.toString(negative)
        + " custom="
        + Arrays.toString(customValues)
        + " "
        + counterReset
        + "]";
  }
}
