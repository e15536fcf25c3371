package io.lamella.model;

import java.util.Arrays;

/// Buckets under custom bounds, and under those that two histograms share.
///
/// Bounds are ascending upper bounds; bucket `i` ends at bound `i`, and the one after the last
/// bound has no end.
final class CustomBounds {
  private CustomBounds() {}

  /// The bounds that two lists share.
  static double[] common(double[] a, double[] b) {
    double[] out = new double[Math.min(a.length, b.length)];
    int n = 0;
    int i = 0;
    int j = 0;
    while (i < a.length && j < b.length) {
      if (a[i] == b[j]) {
        out[n++] = a[i];
        i++;
        j++;
      } else if (a[i] < b[j]) {
        i++;
      } else {
        j++;
      }
    }
    return Arrays.copyOf(out, n);
  }

  /// The index under `common` bounds of bucket `i` under `bounds`.
  static int index(int i, double[] bounds, double[] common) {
    if (i >= bounds.length) {
      return common.length;
    }
    int at = Arrays.binarySearch(common, bounds[i]);
    return at >= 0 ? at : -at - 1;
  }

  /// All buckets under some bounds, each 0.
  static BucketList buckets(double[] bounds) {
    BucketList out = new BucketList(bounds.length + 1);
    for (int i = 0; i <= bounds.length; i++) {
      out.append(i, 0);
    }
    return out;
  }

  /// Adds each bucket of a list, times `factor`, to the one of `sum` that holds it.
  ///
  /// @param bounds of the list
  /// @param common bounds of `sum`, which are among them
  static void add(
      BucketList list, double[] bounds, double factor, BucketList sum, double[] common) {
    sum.addTo(i -> index(i, bounds, common), list, factor);
  }
}
