package io.lamella.model;

import java.util.function.DoubleFunction;

/// Histograms as text: `{count:4, sum:5, [-2,-1):1, [-0.5,0.5]:2, (1,2]:1}`, empty buckets left
/// out.
public final class HistogramText {
  private HistogramText() {}

  /// @param number writes a number
  public static String format(Histogram h, DoubleFunction<String> number) {
    StringBuilder out = new StringBuilder("{count:");
    out.append(number.apply(h.count())).append(", sum:").append(number.apply(h.sum()));
    HistogramBuckets b = HistogramBuckets.asStored(h);
    for (int i = 0; i < b.size(); i++) {
      if (b.count(i) == 0) {
        continue;
      }
      out.append(", ").append(b.lowerInclusive(i) ? '[' : '(');
      out.append(number.apply(b.lower(i))).append(',').append(number.apply(b.upper(i)));
      out.append(b.upperInclusive(i) ? ']' : ')');
      out.append(':').append(number.apply(b.count(i)));
    }
    return out.append('}').toString();
  }
}
