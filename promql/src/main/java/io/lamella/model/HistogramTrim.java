package io.lamella.model;

/// Cuts histograms: keeps the observations below or above a value. The bucket that contains the
/// value is split: linearly in custom and zero buckets, else on the logarithmic scale.
public final class HistogramTrim {
  private HistogramTrim() {}

  /// `h </ limit`: keeps the observations below.
  public static Histogram below(Histogram h, double limit) {
    return trim(h, limit, true);
  }

  /// `h >/ limit`: keeps the observations above.
  public static Histogram above(Histogram h, double limit) {
    return trim(h, limit, false);
  }

  private static Histogram trim(Histogram h, double limit, boolean below) {
    BucketList positive = BucketList.of(h.positiveSpans(), h.positive());
    BucketList negative = BucketList.of(h.negativeSpans(), h.negative());
    Pass pass = new Pass(limit, below);
    Interpolation kind = h.usesCustomBuckets() ? Interpolation.LINEAR : Interpolation.POSITIVE;
    boolean hasPositives = false;
    for (int i = 0; i < positive.size; i++) {
      double lower = BucketBounds.upper(positive.index[i] - 1L, h.schema(), h.customValues());
      double upper = BucketBounds.upper(positive.index[i], h.schema(), h.customValues());
      hasPositives |= positive.count[i] != 0;
      positive.count[i] = pass.bucket(lower, upper, positive.count[i], kind);
    }
    boolean hasNegatives = false;
    for (int i = 0; i < negative.size; i++) {
      double lower = -BucketBounds.upper(negative.index[i], h.schema(), h.customValues());
      double upper = -BucketBounds.upper(negative.index[i] - 1L, h.schema(), h.customValues());
      hasNegatives |= negative.count[i] != 0;
      negative.count[i] = pass.bucket(lower, upper, negative.count[i], Interpolation.NEGATIVE);
    }
    double zero = h.zeroCount();
    if (zero > 0) {
      double lower = hasPositives && !hasNegatives ? 0 : -h.zeroThreshold();
      double upper = hasNegatives && !hasPositives ? 0 : h.zeroThreshold();
      zero = pass.zeroBucket(lower, upper, zero);
    }
    if (!pass.cut) {
      return h;
    }
    BucketList p = positive.compacted();
    BucketList n = negative.compacted();
    return new Histogram(
        h.counterReset(),
        h.schema(),
        h.zeroThreshold(),
        zero,
        pass.count,
        pass.sum,
        p.spans(),
        p.counts(),
        n.spans(),
        n.counts(),
        h.customValues());
  }

  private enum Interpolation {
    LINEAR,
    POSITIVE,
    NEGATIVE
  }

  /// One pass over all buckets, which adds up the count and sum that are kept.
  private static final class Pass {
    private final double limit;
    private final boolean below;
    private double count;
    private double sum;
    private boolean cut;

    Pass(double limit, boolean below) {
      this.limit = limit;
      this.below = below;
    }

    /// The count that is kept of a bucket.
    double bucket(double lower, double upper, double n, Interpolation kind) {
      if (n == 0) {
        return n;
      }
      if (below ? upper <= limit : lower >= limit) {
        return keep(n, n, middle(lower, upper, kind));
      }
      if (!(below ? lower < limit : upper > limit)) {
        return keep(n, 0, 0);
      }
      if (lower == Double.NEGATIVE_INFINITY) {
        return first(upper, n);
      }
      if (upper == Double.POSITIVE_INFINITY) {
        // Positions within the last bucket are unknown: all its observations count as above the
        // limit.
        return below ? keep(n, 0, 0) : keep(n, n, limit);
      }
      double under = n * part(lower, upper, kind);
      return below
          ? keep(n, under, middle(lower, limit, kind))
          : keep(n, n - under, middle(limit, upper, kind));
    }

    /// The first custom bucket; where its upper bound is above 0 it is cut as if it began at 0.
    private double first(double upper, double n) {
      boolean fromZero = upper > 0 && upper < Double.POSITIVE_INFINITY;
      if (below) {
        if (limit > 0 && fromZero) {
          return keep(n, n * limit / upper, limit / 2);
        }
        return upper <= 0 ? keep(n, n, limit) : keep(n, 0, 0);
      }
      return limit >= 0 && fromZero
          ? keep(n, n * (1 - limit / upper), (limit + upper) / 2)
          : keep(n, 0, 0);
    }

    double zeroBucket(double lower, double upper, double n) {
      if (below ? limit <= lower : limit >= upper) {
        return keep(n, 0, 0);
      }
      if (below ? limit >= upper : limit <= lower) {
        return keep(n, n, (lower + upper) / 2);
      }
      double part = below ? limit - lower : upper - limit;
      return keep(n, n * (part / (upper - lower)), ((below ? lower : upper) + limit) / 2);
    }

    private double keep(double of, double kept, double middle) {
      count += kept;
      sum += middle * kept;
      cut |= kept != of;
      return kept;
    }

    /// The share of a finite bucket below the limit, which lies inside the bucket.
    private double part(double lower, double upper, Interpolation kind) {
      if (kind == Interpolation.LINEAR) {
        return (limit - lower) / (upper - lower);
      }
      double a = Logarithms.log2(Math.abs(lower));
      double b = Logarithms.log2(Math.abs(upper));
      double at = Logarithms.log2(Math.abs(limit));
      return limit > 0 ? (at - a) / (b - a) : 1 - (at - b) / (a - b);
    }

    private static double middle(double lower, double upper, Interpolation kind) {
      if (Double.isInfinite(lower)) {
        return Double.isInfinite(upper) ? 0 : upper > 0 ? upper / 2 : upper;
      }
      if (Double.isInfinite(upper)) {
        return lower;
      }
      return switch (kind) {
        case LINEAR -> (lower + upper) / 2;
        case POSITIVE -> Math.sqrt(Math.abs(lower * upper));
        case NEGATIVE -> -Math.sqrt(Math.abs(lower * upper));
      };
    }
  }
}
