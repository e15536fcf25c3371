package io.lamella.model;

/// Cuts histograms: keeps the observations below or above a value. The bucket that contains the
/// value is split, linearly in custom and zero buckets, on the logarithmic scale else.
public final class HistogramTrim {
  private HistogramTrim() {}

  /// `h </ limit`: what lies below.
  public static Histogram below(Histogram h, double limit) {
    return trim(h, limit, true);
  }

  /// `h >/ limit`: what lies above.
  public static Histogram above(Histogram h, double limit) {
    return trim(h, limit, false);
  }

  private static Histogram trim(Histogram h, double limit, boolean below) {
    BucketList positive = BucketList.of(h.positiveSpans(), h.positive());
    BucketList negative = BucketList.of(h.negativeSpans(), h.negative());
    Pass pass = new Pass(limit, below);
    for (int i = negative.size - 1; i >= 0; i--) {
      double lower = -BucketBounds.upper(negative.index[i], h.schema(), h.customValues());
      double upper = -BucketBounds.upper(negative.index[i] - 1L, h.schema(), h.customValues());
      negative.count[i] = pass.bucket(lower, upper, negative.count[i], Kind.EXPONENTIAL);
    }
    double zero = h.zeroCount();
    if (zero != 0 && !h.usesCustomBuckets()) {
      double lower = -h.zeroThreshold();
      double upper = h.zeroThreshold();
      HistogramBuckets all = HistogramBuckets.of(h);
      if (!all.hasNegatives() && all.hasPositives()) {
        lower = 0;
      } else if (!all.hasPositives() && all.hasNegatives()) {
        upper = 0;
      }
      zero = pass.bucket(lower, upper, zero, Kind.LINEAR);
    }
    Kind kind = h.usesCustomBuckets() ? Kind.LINEAR : Kind.EXPONENTIAL;
    for (int i = 0; i < positive.size; i++) {
      double lower = BucketBounds.upper(positive.index[i] - 1L, h.schema(), h.customValues());
      double upper = BucketBounds.upper(positive.index[i], h.schema(), h.customValues());
      positive.count[i] = pass.bucket(lower, upper, positive.count[i], kind);
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

  private enum Kind {
    LINEAR,
    EXPONENTIAL
  }

  /// One walk over all buckets, with the count and sum of what is kept.
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

    /// What is kept of a bucket.
    double bucket(double bucketLower, double upper, double n, Kind kind) {
      double lower = bucketLower;
      double share;
      if (lower == Double.NEGATIVE_INFINITY) {
        boolean fromZero = upper > 0 && upper < Double.POSITIVE_INFINITY;
        if (fromZero && limit >= 0) {
          lower = 0;
          share = finiteShare(lower, upper, kind);
        } else {
          share = firstShare(upper, fromZero);
        }
      } else if (upper == Double.POSITIVE_INFINITY) {
        boolean beyond = limit == Double.POSITIVE_INFINITY;
        share = below == beyond ? 1 : 0;
      } else {
        share = finiteShare(lower, upper, kind);
      }
      if (share == 1) {
        add(n, lower, upper, kind);
        if (n != 0 && isInside(lower, upper)) {
          cut = true;
        }
        return n;
      }
      if (n != 0) {
        cut = true;
      }
      if (share == 0) {
        return 0;
      }
      double kept = n * share;
      add(kept, below ? lower : limit, below ? limit : upper, kind);
      return kept;
    }

    private boolean isInside(double lower, double upper) {
      return limit > lower && limit < upper;
    }

    private double finiteShare(double lower, double upper, Kind kind) {
      if (below) {
        return upper <= limit ? 1 : lower >= limit ? 0 : part(lower, upper, kind);
      }
      return lower >= limit ? 1 : upper <= limit ? 0 : 1 - part(lower, upper, kind);
    }

    /// The first custom bucket, of infinite width, is kept or dropped whole.
    private double firstShare(double upper, boolean fromZero) {
      if (below) {
        return fromZero && limit < upper || limit == Double.NEGATIVE_INFINITY ? 0 : 1;
      }
      return limit == Double.NEGATIVE_INFINITY ? 1 : 0;
    }

    private double part(double lower, double upper, Kind kind) {
      if (kind == Kind.LINEAR) {
        return (limit - lower) / (upper - lower);
      }
      double a = Math.log(Math.abs(lower));
      double b = Math.log(Math.abs(upper));
      return (Math.log(Math.abs(limit)) - a) / (b - a);
    }

    private void add(double n, double lower, double upper, Kind kind) {
      count += n;
      if (n == 0) {
        return;
      }
      double middle;
      if (Double.isInfinite(lower)) {
        middle = below ? Math.min(upper, limit) : upper;
      } else if (Double.isInfinite(upper)) {
        middle = below ? lower : Math.max(lower, limit);
      } else if (kind == Kind.LINEAR) {
        middle = (lower + upper) / 2;
      } else {
        middle = Math.copySign(Math.sqrt(Math.abs(lower * upper)), lower);
      }
      sum += n * middle;
    }
  }
}
