package io.lamella.model;

/// The buckets of a histogram in ascending order: the negative ones, the zero bucket, the positive
/// ones. Functions, JSON and texts all enumerate buckets here.
///
/// [#of] is what functions and JSON use: bounds that lie inside the zero bucket are moved to its
/// edge, and the zero bucket is there where its count is positive. [#asStored] is what texts use:
/// bounds as the schema has them, and the zero bucket also where its count is negative, as in
/// differences. Other empty buckets of the stored spans are included in both; custom buckets have
/// no zero bucket.
public final class HistogramBuckets {
  private final boolean custom;
  private final double[] lower;
  private final double[] upper;
  private final double[] count;
  private final int size;
  private final int zero;
  private final int negatives;

  private HistogramBuckets(Histogram h, boolean withZero) {
    BucketList positive = BucketList.of(h.positiveSpans(), h.positive());
    BucketList negative = BucketList.of(h.negativeSpans(), h.negative());
    custom = h.usesCustomBuckets();
    negatives = negative.size;
    int n = positive.size + negative.size + 1;
    lower = new double[n];
    upper = new double[n];
    count = new double[n];
    int at = 0;
    for (int i = negative.size - 1; i >= 0; i--) {
      lower[at] = -BucketBounds.upper(negative.index[i], h.schema(), h.customValues());
      upper[at] = -BucketBounds.upper(negative.index[i] - 1L, h.schema(), h.customValues());
      count[at++] = negative.count[i];
    }
    zero = withZero && !custom ? at : -1;
    if (zero >= 0) {
      lower[at] = -h.zeroThreshold();
      upper[at] = h.zeroThreshold();
      count[at++] = h.zeroCount();
    }
    for (int i = 0; i < positive.size; i++) {
      lower[at] = BucketBounds.upper(positive.index[i] - 1L, h.schema(), h.customValues());
      upper[at] = BucketBounds.upper(positive.index[i], h.schema(), h.customValues());
      count[at++] = positive.count[i];
    }
    size = at;
  }

  /// The buckets with bounds outside of the zero bucket.
  public static HistogramBuckets of(Histogram h) {
    HistogramBuckets out = new HistogramBuckets(h, h.zeroCount() > 0);
    if (!out.custom) {
      out.cutAtZeroBucket(h.zeroThreshold());
    }
    return out;
  }

  /// The buckets with the bounds of the schema.
  static HistogramBuckets asStored(Histogram h) {
    return new HistogramBuckets(h, h.zeroCount() != 0);
  }

  private void cutAtZeroBucket(double threshold) {
    for (int i = 0; i < size; i++) {
      if (upper[i] < 0 && upper[i] > -threshold) {
        upper[i] = -threshold;
      } else if (lower[i] > 0 && lower[i] < threshold) {
        lower[i] = threshold;
      }
    }
  }

  public int size() {
    return size;
  }

  public double lower(int i) {
    return lower[i];
  }

  public double upper(int i) {
    return upper[i];
  }

  public double count(int i) {
    return count[i];
  }

  public boolean isZero(int i) {
    return i == zero;
  }

  public boolean hasNegatives() {
    return negatives > 0;
  }

  public boolean hasPositives() {
    return size > negatives + (zero >= 0 ? 1 : 0);
  }

  /// True where the lower bound belongs to the bucket: below zero, and in the first of custom
  /// buckets.
  public boolean lowerInclusive(int i) {
    return custom ? lower[i] == Double.NEGATIVE_INFINITY : isZero(i) || lower[i] < 0;
  }

  /// True where the upper bound belongs to the bucket.
  public boolean upperInclusive(int i) {
    return custom || isZero(i) || upper[i] > 0;
  }
}
