package io.lamella.storage.chunk;

import io.lamella.model.Histogram;
import io.lamella.model.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reduces histograms of schema 9 to 52 to schema 8, as Prometheus does on read. Those schemas may
/// be stored but not returned by queries.
final class ResolutionReduction {
  private static final int SERVED = 8;

  private ResolutionReduction() {}

  static Histogram toServable(Histogram h) {
    if (h.schema() <= SERVED) {
      return h;
    }
    List<Span> positiveSpans = new ArrayList<>();
    List<Span> negativeSpans = new ArrayList<>();
    double[] positive = reduce(h.positiveSpans(), h.positive(), h.schema() - SERVED, positiveSpans);
    double[] negative = reduce(h.negativeSpans(), h.negative(), h.schema() - SERVED, negativeSpans);
    return new Histogram(
        h.counterReset(),
        SERVED,
        h.zeroThreshold(),
        h.zeroCount(),
        h.count(),
        h.sum(),
        positiveSpans,
        positive,
        negativeSpans,
        negative,
        h.customValues());
  }

  /// Bucket i of the finer schema lies in bucket ((i − 1) >> shift) + 1 of the coarser.
  private static double[] reduce(
      List<Span> spans, double[] counts, int shift, List<Span> outSpans) {
    double[] out = new double[counts.length];
    int n = 0;
    int index = 0;
    int at = 0;
    int last = 0;
    int spanStart = 0;
    int spanLength = 0;
    int behind = 0;
    for (Span s : spans) {
      index += s.offset();
      for (int i = 0; i < s.length(); i++, index++) {
        // An int shifted by more than 31 would be shifted by the remainder of 32.
        int target = (int) (((long) index - 1) >> shift) + 1;
        if (n > 0 && target == last) {
          out[n - 1] += counts[at++];
          continue;
        }
        if (n > 0 && target == last + 1) {
          spanLength++;
        } else {
          if (n > 0) {
            outSpans.add(new Span(spanStart - behind, spanLength));
            behind = last + 1;
          }
          spanStart = target;
          spanLength = 1;
        }
        last = target;
        out[n++] = counts[at++];
      }
    }
    if (n > 0) {
      outSpans.add(new Span(spanStart - behind, spanLength));
    }
    return Arrays.copyOf(out, n);
  }
}
