package io.lamella.gateway.federation;

import io.lamella.model.Histogram;
import io.lamella.model.Span;

/// The buckets of a histogram with custom bounds as those of a classic histogram.
final class CustomBuckets {
  private CustomBuckets() {}

  /// The cumulative count of each custom bound; the bucket `+Inf` is not among them.
  static double[] cumulative(Histogram h) {
    double[] out = new double[h.customValues().length];
    int index = 0;
    int next = 0;
    for (Span span : h.positiveSpans()) {
      index += span.offset();
      for (int i = 0; i < span.length(); i++, index++) {
        double count = h.positive()[next++];
        if (index >= 0 && index < out.length) {
          out[index] = count;
        }
      }
    }
    double sum = 0;
    for (int i = 0; i < out.length; i++) {
      sum += out[i];
      out[i] = sum;
    }
    return out;
  }
}
