package io.lamella.model;

import java.util.Arrays;

/// A histogram under computation: sums and differences with reconciled schemas, zero buckets and
/// custom bounds, scaling, and conversion back. Every field has a Kahan compensation, so that long
/// sums stay exact; a [#plain] computation has none. Not thread-safe.
public final class HistogramSum {
  private int schema;
  private double zeroThreshold;
  private double[] custom;
  private BucketList positive;
  private BucketList negative;

  /// Zero count, count and sum, each followed by its compensation.
  private final double[] scalars = new double[6];

  private CounterReset hint;
  private boolean sawReset;
  private boolean sawNotReset;
  private boolean reconciled;
  private final boolean isPlain;

  public HistogramSum(Histogram h) {
    this(h, false);
  }

  /// A computation without compensations: single sums and differences, as `+` and `rate` have them.
  public static HistogramSum plain(Histogram h) {
    return new HistogramSum(h, true);
  }

  private HistogramSum(Histogram h, boolean isPlain) {
    this.isPlain = isPlain;
    schema = h.schema();
    zeroThreshold = h.zeroThreshold();
    custom = h.customValues();
    positive = BucketList.of(h.positiveSpans(), h.positive());
    negative = BucketList.of(h.negativeSpans(), h.negative());
    scalars[0] = h.zeroCount();
    scalars[2] = h.count();
    scalars[4] = h.sum();
    hint = h.counterReset();
    recordHint(hint);
  }

  /// Starts over with a histogram and reuses the memory.
  public HistogramSum restart(Histogram h) {
    schema = h.schema();
    zeroThreshold = h.zeroThreshold();
    custom = h.customValues();
    positive.set(h.positiveSpans(), h.positive());
    negative.set(h.negativeSpans(), h.negative());
    Arrays.fill(scalars, 0);
    scalars[0] = h.zeroCount();
    scalars[2] = h.count();
    scalars[4] = h.sum();
    hint = h.counterReset();
    sawReset = false;
    sawNotReset = false;
    reconciled = false;
    recordHint(hint);
    return this;
  }

  /// True where both have exponential or both have custom buckets; other histograms cannot be
  /// added.
  public boolean fits(Histogram h) {
    return (schema == Histogram.CUSTOM_BUCKETS) == h.usesCustomBuckets();
  }

  /// True where the custom bounds are those of a histogram.
  public boolean hasBoundsOf(Histogram h) {
    return Arrays.equals(custom, h.customValues());
  }

  /// True where custom bounds differed and were reconciled.
  public boolean reconciled() {
    return reconciled;
  }

  /// As [#reconciled], and resets the flag.
  public boolean pollReconciled() {
    boolean was = reconciled;
    reconciled = false;
    return was;
  }

  /// True where one operand has the hint "reset" and another "not reset".
  public boolean resetsCollide() {
    return sawReset && sawNotReset;
  }

  private void recordHint(CounterReset c) {
    sawReset |= c == CounterReset.RESET;
    sawNotReset |= c == CounterReset.NOT_RESET;
  }

  /// True where adding a histogram would overflow some field.
  public boolean overflowsWith(Histogram h) {
    double most = Math.max(toHistogram().largest(), h.largest());
    if (most < Double.MAX_VALUE / 4) {
      return false;
    }
    Histogram sum = new HistogramSum(toHistogram()).add(h).toHistogram();
    return sum.overflows();
  }

  /// Adds a histogram that [#fits].
  public HistogramSum add(Histogram h) {
    recordHint(h.counterReset());
    hint = hint.with(h.counterReset());
    accumulate(h, 1);
    return this;
  }

  /// Subtracts a histogram that [#fits]; the difference is a gauge.
  public HistogramSum subtract(Histogram h) {
    recordHint(h.counterReset());
    hint = CounterReset.GAUGE;
    accumulate(h, -1);
    return this;
  }

  private void accumulate(Histogram h, double factor) {
    if (!hasLayoutOf(h)) {
      accumulate(new HistogramSum(h, isPlain), factor);
      return;
    }
    if (isPlain) {
      dropCompensation();
    }
    // As in Prometheus, a compensated sum takes -0 as 0, a plain one does not.
    double zero = isPlain ? -0.0 : 0.0;
    increase(0, factor * (h.zeroCount() + zero));
    increase(2, factor * (h.count() + zero));
    increase(4, factor * (h.sum() + zero));
    positive.add(h.positive(), factor, ignored(positive));
    negative.add(h.negative(), factor, ignored(negative));
    if (isPlain) {
      dropCompensation();
    }
  }

  /// True where the histogram has the same schema, zero threshold and buckets, as is the rule
  /// within a series.
  private boolean hasLayoutOf(Histogram h) {
    return schema == h.schema()
        && (schema == Histogram.CUSTOM_BUCKETS
            ? Arrays.equals(custom, h.customValues())
            : zeroThreshold == h.zeroThreshold())
        && positive.isLayout(h.positiveSpans())
        && negative.isLayout(h.negativeSpans());
  }

  private void accumulate(HistogramSum other, double factor) {
    boolean isCustom = schema == Histogram.CUSTOM_BUCKETS;
    if (!isCustom) {
      reconcileZero(other);
      int target = Math.min(schema, other.schema);
      reduceTo(target);
      other.reduceTo(target);
    }
    if (isPlain) {
      dropCompensation();
      other.dropCompensation();
    }
    for (int i = 0; i < 6; i += 2) {
      increase(i, factor * other.scalars[i]);
      if (other.scalars[i + 1] != 0) {
        increase(i, factor * other.scalars[i + 1]);
      }
    }
    if (isCustom && !Arrays.equals(custom, other.custom)) {
      addReconciled(other, factor);
    } else {
      positive = positive.plus(other.positive, factor, ignored(other.positive));
    }
    negative = negative.plus(other.negative, factor, ignored(other.negative));
    if (isPlain) {
      dropCompensation();
    }
  }

  /// Widens both zero buckets to one threshold. As in Prometheus the other operand keeps the
  /// buckets that its zero bucket has swallowed: with a coarser schema they count twice where they
  /// share a bucket with others outside.
  private void reconcileZero(HistogramSum other) {
    BucketList positives = other.positive;
    BucketList negatives = other.negative;
    double zero = other.scalars[0];
    while (zeroThreshold != other.zeroThreshold) {
      if (zeroThreshold > other.zeroThreshold) {
        other.positive = positives;
        other.negative = negatives;
        other.scalars[0] = zero;
        other.scalars[1] = 0;
        other.widenZero(zeroThreshold);
      } else {
        widenZero(other.zeroThreshold);
      }
    }
    other.positive = positives;
    other.negative = negatives;
  }

  /// The number of buckets of the other operand that are not added: as in Prometheus those that end
  /// inside the zero bucket, also where nobody has added them to its count.
  private int ignored(BucketList other) {
    return schema == Histogram.CUSTOM_BUCKETS ? 0 : other.countInside(zeroThreshold, schema);
  }

  /// Drops all compensations.
  private void dropCompensation() {
    for (int i = 1; i < 6; i += 2) {
      scalars[i] = 0;
    }
    positive.dropCompensation();
    negative.dropCompensation();
  }

  private void increase(int i, double x) {
    double sum = scalars[i];
    double t = sum + x;
    if (Double.isInfinite(t)) {
      scalars[i + 1] = 0;
    } else if (Math.abs(sum) >= Math.abs(x)) {
      scalars[i + 1] += (sum - t) + x;
    } else {
      scalars[i + 1] += (x - t) + sum;
    }
    scalars[i] = t;
  }

  /// Reduces exponential buckets to a coarser schema; a finer one changes nothing.
  public void reduceTo(int target) {
    if (target >= schema || schema == Histogram.CUSTOM_BUCKETS) {
      return;
    }
    int from = schema;
    positive = positive.mapped(i -> BucketBounds.reduce(i, from, target));
    negative = negative.mapped(i -> BucketBounds.reduce(i, from, target));
    schema = target;
  }

  /// Adds the buckets of an operand with other custom bounds under the bounds that both have. As in
  /// Prometheus each bucket is added by itself, and buckets that are 0 then are dropped.
  private void addReconciled(HistogramSum other, double factor) {
    double[] common = CustomBounds.common(custom, other.custom);
    BucketList sum = CustomBounds.buckets(common);
    CustomBounds.add(positive, custom, 1, sum, common);
    CustomBounds.add(other.positive, other.custom, factor, sum, common);
    positive = sum.withoutZeros();
    custom = common;
    reconciled = true;
  }

  /// Widens the zero bucket to at least `threshold`; a populated bucket that the threshold would
  /// cut is merged as a whole, and the threshold grows to its outer bound.
  void widenZero(double threshold) {
    double limit = threshold;
    while (true) {
      double reached = Math.max(outerBound(positive, limit), outerBound(negative, limit));
      if (reached <= limit) {
        break;
      }
      limit = reached;
    }
    positive = mergeIntoZero(positive, limit);
    negative = mergeIntoZero(negative, limit);
    zeroThreshold = limit;
  }

  /// The upper bound of the populated bucket that `limit` lies inside of, or `limit`.
  private double outerBound(BucketList list, double limit) {
    for (int i = 0; i < list.size; i++) {
      if (BucketBounds.exponential(list.index[i] - 1L, schema) >= limit) {
        break;
      }
      double upper = BucketBounds.exponential(list.index[i], schema);
      if (upper > limit) {
        return list.value(i) != 0 ? upper : limit;
      }
    }
    return limit;
  }

  private BucketList mergeIntoZero(BucketList list, double limit) {
    int n = 0;
    while (n < list.size && BucketBounds.exponential(list.index[n] - 1L, schema) < limit) {
      increase(0, list.count[n]);
      if (list.compensation[n] != 0) {
        increase(0, list.compensation[n]);
      }
      n++;
    }
    if (n == 0) {
      return list;
    }
    BucketList out = new BucketList(list.size - n);
    for (int i = n; i < list.size; i++) {
      out.append(list.index[i], list.count[i]);
      out.compensation[out.size - 1] = list.compensation[i];
    }
    return out;
  }

  /// Multiplies every count and the sum; a negative factor makes a gauge.
  public HistogramSum scale(double factor) {
    for (int i = 0; i < 6; i += 2) {
      scalars[i] *= factor;
      // 0 times an infinite factor would be NaN.
      scalars[i + 1] = scalars[i + 1] == 0 ? 0 : scalars[i + 1] * factor;
    }
    positive.scale(factor);
    negative.scale(factor);
    if (factor < 0) {
      hint = CounterReset.GAUGE;
    }
    return this;
  }

  /// Divides every count and the sum; division by 0 leaves no regular bucket.
  public HistogramSum divide(double divisor) {
    for (int i = 0; i < 6; i += 2) {
      scalars[i] /= divisor;
      scalars[i + 1] = divisor == 0 ? 0 : scalars[i + 1] / divisor;
    }
    if (divisor == 0) {
      positive = new BucketList(0);
      negative = new BucketList(0);
    } else {
      positive.divide(divisor);
      negative.divide(divisor);
    }
    if (divisor < 0) {
      hint = CounterReset.GAUGE;
    }
    return this;
  }

  public HistogramSum hint(CounterReset c) {
    hint = c;
    return this;
  }

  public CounterReset hint() {
    return hint;
  }

  public int schema() {
    return schema;
  }

  public double count() {
    return compensated(2);
  }

  BucketList positive() {
    return positive;
  }

  BucketList negative() {
    return negative;
  }

  double zeroCount() {
    return compensated(0);
  }

  /// The zero count without its compensation.
  double plainZeroCount() {
    return scalars[0];
  }

  double zeroThreshold() {
    return zeroThreshold;
  }

  double[] custom() {
    return custom;
  }

  /// Adds the compensations to the counts and drops empty buckets, as conversion to a histogram and
  /// back does.
  public HistogramSum applyCompensation() {
    scalars[0] = zeroCount();
    scalars[2] = count();
    scalars[4] = total();
    scalars[1] = 0;
    scalars[3] = 0;
    scalars[5] = 0;
    positive.applyCompensation();
    negative.applyCompensation();
    return this;
  }

  /// The result without empty buckets; this sum stays usable.
  public Histogram toHistogram() {
    return toHistogram(positive.compacted(), negative.compacted());
  }

  /// The result with all buckets, empty ones too, which a later multiplication with NaN fills.
  public Histogram toWholeHistogram() {
    return toHistogram(positive, negative);
  }

  private Histogram toHistogram(BucketList p, BucketList n) {
    return new Histogram(
        hint,
        schema,
        zeroThreshold,
        zeroCount(),
        count(),
        total(),
        p.spans(),
        p.counts(),
        n.spans(),
        n.counts(),
        custom);
  }

  private double total() {
    return Double.isNaN(scalars[5]) ? scalars[4] : compensated(4);
  }

  /// Without a compensation the value itself, which may be -0.
  private double compensated(int i) {
    return scalars[i + 1] == 0 ? scalars[i] : scalars[i] + scalars[i + 1];
  }
}
