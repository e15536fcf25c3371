package io.lamella.model;

/// Bounds and indexes of native histogram buckets. Source: Prometheus' native histogram
/// specification.
public final class BucketBounds {
  private static final int MAX_TABLED_SCHEMA = 8;

  /// 2^(i · 2^-schema) for i below 2^schema.
  private static final double[][] FRACTIONS = fractions();

  private BucketBounds() {}

  /// Every second bound is that of the schema below, the others follow by a factor. The square root
  /// of two is one unit in the last place too low, as in Prometheus, whose bounds are visible in
  /// texts.
  private static double[][] fractions() {
    double[][] out = new double[MAX_TABLED_SCHEMA + 1][];
    out[0] = new double[] {1};
    for (int schema = 1; schema <= MAX_TABLED_SCHEMA; schema++) {
      double factor = schema == 1 ? 1.414213562373095 : Math.pow(2, Math.scalb(1.0, -schema));
      double[] row = new double[1 << schema];
      for (int i = 0; i < row.length; i++) {
        row[i] = i % 2 == 0 ? out[schema - 1][i / 2] : row[i - 1] * factor;
      }
      out[schema] = row;
    }
    return out;
  }

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
        fraction =
            schema <= MAX_TABLED_SCHEMA
                ? FRACTIONS[schema][(int) rest]
                : Math.pow(2, rest / (double) (1L << schema));
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
