package io.lamella.gateway.http;

import io.lamella.model.Histogram;
import io.lamella.model.HistogramBuckets;

/// A native histogram as JSON: count, sum, and the populated buckets in ascending order, each
/// `[rule, "lower", "upper", "count"]`; rule 0 is open on the left, 1 on the right, 3 closed on
/// both sides.
final class HistogramJson {
  private HistogramJson() {}

  static void append(StringBuilder out, Histogram h) {
    out.append("{\"count\":\"");
    GoNumbers.append(out, h.count());
    out.append("\",\"sum\":\"");
    GoNumbers.append(out, h.sum());
    out.append('"');
    String open = ",\"buckets\":[";
    boolean any = false;
    HistogramBuckets b = HistogramBuckets.of(h);
    for (int i = 0; i < b.size(); i++) {
      if (b.count(i) == 0) {
        continue;
      }
      out.append(any ? "," : open).append('[').append(rule(b, i)).append(",\"");
      GoNumbers.append(out, b.lower(i));
      out.append("\",\"");
      GoNumbers.append(out, b.upper(i));
      out.append("\",\"");
      GoNumbers.append(out, b.count(i));
      out.append("\"]");
      any = true;
    }
    out.append(any ? "]}" : "}");
  }

  private static int rule(HistogramBuckets b, int i) {
    if (!b.lowerInclusive(i)) {
      return b.upperInclusive(i) ? 0 : 2;
    }
    return b.upperInclusive(i) ? 3 : 1;
  }
}
