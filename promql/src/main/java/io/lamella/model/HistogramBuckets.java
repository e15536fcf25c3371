package io.lamella.model;

/// All buckets of a histogram in ascending order: the negative ones, the zero bucket, the positive
/// ones. The zero bucket is there where its count is positive and the schema is exponential; other
/// empty buckets of the stored spans are included.
public final class HistogramBuckets {
  private final double[] lower;
  private final double[] upper;
  private final double[] count;
  private final int size;
  private final int zero;
  private final int negatives;

  private HistogramBuckets(
      double[] lower, double[] upper, double[] count, int size, int zero, int negatives) {
    this.lower = lower;
    this.upper = upper;
    this.count = count;
    this.size = size;
    this.zero = zero;
    this.negatives = negatives;
  }

  public static HistogramBuckets of(Histogram h) {
    return of(h, h.zeroCount() > 0);
  }

  /// As [#of], but with the zero bucket also where its count is negative, as in differences.
  static HistogramBuckets withAnyZero(Histogram h) {
    return of(h, h.zeroCount() != 0);
  }

  private static HistogramBuckets of(Histogram h, boolean withZero) {
    BucketList positive = BucketList.of(h.positiveSpans(), h.positive());
    BucketList negative = BucketList.of(h.negativeSpans(), h.negative());
    int n = positive.size + negative.size + 1;
    double[] lower = new double[n];
    double[] upper = new double[n];
    double[] count = new double[n];
    int at = 0;
    for (int i = negative.size - 1; i >= 0; i--) {
      lower[at] = -BucketBounds.upper(negative.index[i], h.schema(), h.customValues());
      upper[at] = -BucketBounds.upper(negative.index[i] - 1L, h.schema(), h.customValues());
      count[at++] = negative.count[i];
    }
    int zero = -1;
    if (withZero && !h.usesCustomBuckets()) {
      zero = at;
      lower[at] = -h.zeroThreshold();
      upper[at] = h.zeroThreshold();
      count[at++] = h.zeroCount();
    }
    for (int i = 0; i < positive.size; i++) {
      lower[at] = BucketBounds.upper(positive.index[i] - 1L, h.schema(), h.customValues());
      upper[at] = BucketBounds.upper(positive.index[i], h.schema(), h.customValues());
      count[at++] = positive.count[i];
    }
    return new HistogramBuckets(lower, upper, count, at, zero, negative.size);
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

  /// True where the lower bound belongs to the bucket.
  public boolean lowerInclusive(int i) {
    return isZero(i) || lower[i] < 0;
  }

  /// True where the upper bound belongs to the bucket.
  public boolean upperInclusive(int i) {
    return isZero(i) || upper[i] > 0;
  }
}
