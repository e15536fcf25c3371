package io.lamella.gateway.http;

import io.lamella.model.Histogram;
import io.lamella.model.Span;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// A native histogram as JSON: count, sum, and the populated buckets in ascending order, each
/// `[rule, "lower", "upper", "count"]`; rule 0 is open on the left, 1 on the right, 3 closed on
/// both sides.
final class HistogramJson {
  private HistogramJson() {}

  private record Bucket(int rule, double lower, double upper, double count) {}

  static void append(StringBuilder out, Histogram h) {
    out.append("{\"count\":\"");
    GoNumbers.append(out, h.count());
    out.append("\",\"sum\":\"");
    GoNumbers.append(out, h.sum());
    out.append('"');
    String open = ",\"buckets\":[";
    boolean any = false;
    for (Bucket b : buckets(h)) {
      if (b.count == 0) {
        continue;
      }
      out.append(any ? "," : open).append('[').append(b.rule).append(",\"");
      GoNumbers.append(out, b.lower);
      out.append("\",\"");
      GoNumbers.append(out, b.upper);
      out.append("\",\"");
      GoNumbers.append(out, b.count);
      out.append("\"]");
      any = true;
    }
    out.append(any ? "]}" : "}");
  }

  private static List<Bucket> buckets(Histogram h) {
    List<Bucket> positive =
        h.usesCustomBuckets() ? custom(h) : exponential(h, h.positiveSpans(), h.positive(), false);
    List<Bucket> out = exponential(h, h.negativeSpans(), h.negative(), true);
    Collections.reverse(out);
    double w = h.zeroThreshold();
    // The buckets next to the zero bucket are cut where they overlap it.
    if (!h.usesCustomBuckets()) {
      cut(out, -w, true);
      cut(positive, w, false);
    }
    if (h.zeroCount() > 0) {
      out.add(new Bucket(3, -w, w, h.zeroCount()));
    }
    out.addAll(positive);
    return out;
  }

  private static void cut(List<Bucket> buckets, double edge, boolean negative) {
    for (int i = 0; i < buckets.size(); i++) {
      Bucket b = buckets.get(i);
      if (b.lower < edge && edge < b.upper) {
        buckets.set(
            i,
            negative
                ? new Bucket(b.rule, b.lower, edge, b.count)
                : new Bucket(b.rule, edge, b.upper, b.count));
      }
    }
  }

  private static List<Bucket> custom(Histogram h) {
    List<Bucket> out = new ArrayList<>();
    double[] bounds = h.customValues();
    int index = 0;
    int at = 0;
    for (Span span : h.positiveSpans()) {
      index += span.offset();
      for (int i = 0; i < span.length(); i++, index++) {
        double lower = index == 0 ? Double.NEGATIVE_INFINITY : bounds[index - 1];
        double upper = index < bounds.length ? bounds[index] : Double.POSITIVE_INFINITY;
        out.add(new Bucket(index == 0 ? 3 : 0, lower, upper, h.positive()[at++]));
      }
    }
    return out;
  }

  private static List<Bucket> exponential(
      Histogram h, List<Span> spans, double[] counts, boolean negative) {
    List<Bucket> out = new ArrayList<>();
    int index = 0;
    int at = 0;
    for (Span span : spans) {
      index += span.offset();
      for (int i = 0; i < span.length(); i++, index++) {
        double lower = bound(index - 1, h.schema());
        double upper = bound(index, h.schema());
        double count = counts[at++];
        out.add(
            negative ? new Bucket(1, -upper, -lower, count) : new Bucket(0, lower, upper, count));
      }
    }
    return out;
  }

  /// `2^(index · 2^-schema)`; the index of 2^1024 is the largest double, the next infinite.
  static double bound(int index, int schema) {
    if (schema < 0) {
      long exponent = (long) index << -schema;
      if (exponent == 1024) {
        return Double.MAX_VALUE;
      }
      return exponent > 1024
          ? Double.POSITIVE_INFINITY
          : Math.scalb(1.0, (int) Math.max(-1100, exponent));
    }
    int per = 1 << schema;
    int whole = Math.floorDiv(index, per);
    int part = Math.floorMod(index, per);
    if (part == 0 && whole == 1024) {
      return Double.MAX_VALUE;
    }
    return Math.scalb(Math.pow(2, (double) part / per), whole);
  }
}
