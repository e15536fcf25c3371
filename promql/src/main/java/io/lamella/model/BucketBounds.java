package io.lamella.model;

/// Bounds and indexes of native histogram buckets. Source: Prometheus' native histogram
/// specification.
public final class BucketBounds {
  private BucketBounds() {}

  /// The upper bound of exponential bucket `index`: 2^(index · 2^-schema). The bucket below the
  /// overflow one ends at the largest double.
  public static double exponential(long index, int schema) {
    long exponent;
    double fraction = 1;
    if (schema <= 0) {
      exponent = index << -schema;
    } else {
      long mask = (1L << schema) - 1;
      exponent = index >> schema;
      long rest = index & mask;
      if (rest != 0) {
        fraction = Math.pow(2, rest / (double) (1L << schema));
      }
    }
    if (fraction == 1 && exponent == 1024) {
      return Double.MAX_VALUE;
    }
    if (exponent > 2000) {
      return Double.POSITIVE_INFINITY;
    }
    if (exponent < -2000) {
      return 0;
    }
    return Math.scalb(fraction, (int) exponent);
  }

  /// The upper bound of a bucket of any schema; index -1 of custom buckets is -Inf.
  public static double upper(long index, int schema, double[] customValues) {
    if (schema != Histogram.CUSTOM_BUCKETS) {
      return exponential(index, schema);
    }
    if (index < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    return index < customValues.length ? customValues[(int) index] : Double.POSITIVE_INFINITY;
  }

  /// The index at a coarser schema of the bucket that holds bucket `index` of a finer one.
  public static int reduce(int index, int fromSchema, int toSchema) {
    return ((index - 1) >> (fromSchema - toSchema)) + 1;
  }
}
