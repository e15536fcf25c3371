package io.lamella.storage.chunk;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.SampleColumns;
import io.lamella.model.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Gives consecutive histograms of a counter the same buckets, so that they can share a chunk and
/// keep the hint "no reset". The added buckets are empty. Prometheus' appender does the same when a
/// new bucket appears.
public final class HistogramLayoutMerge {
  private HistogramLayoutMerge() {}

  /// The same samples; in each run of histograms without a reset all have the same buckets.
  public static SampleColumns widen(SampleColumns samples) {
    if (!samples.hasHistograms()) {
      return samples;
    }
    SampleColumns out = new SampleColumns(samples.size());
    int i = 0;
    while (i < samples.size()) {
      int end = runEnd(samples, i);
      TreeMap<Integer, Double> positive = new TreeMap<>();
      TreeMap<Integer, Double> negative = new TreeMap<>();
      for (int k = i; k < end; k++) {
        Histogram h = samples.histogramAt(k);
        if (h != null) {
          buckets(h.positiveSpans(), h.positive()).keySet().forEach(b -> positive.put(b, 0.0));
          buckets(h.negativeSpans(), h.negative()).keySet().forEach(b -> negative.put(b, 0.0));
        }
      }
      for (int k = i; k < end; k++) {
        Histogram h = samples.histogramAt(k);
        if (h == null || h.isStale() || end - i == 1) {
          out.addFrom(samples, k);
        } else {
          out.add(samples.times()[k], widened(h, positive, negative));
          out.startTime(samples.startTimeAt(k));
        }
      }
      i = end;
    }
    return out;
  }

  private static int runEnd(SampleColumns samples, int from) {
    Histogram first = samples.histogramAt(from);
    int i = from + 1;
    if (first == null || first.isStale()) {
      return i;
    }
    while (i < samples.size() && continues(samples.histogramAt(i), first)) {
      i++;
    }
    return i;
  }

  private static boolean continues(@Nullable Histogram h, Histogram first) {
    if (h == null || h.isStale()) {
      return false;
    }
    boolean gauge = first.counterReset() == CounterReset.GAUGE;
    return h.counterReset() == (gauge ? CounterReset.GAUGE : CounterReset.NOT_RESET)
        && h.schema() == first.schema()
        && h.zeroThreshold() == first.zeroThreshold()
        && h.hasIntegerCounts() == first.hasIntegerCounts()
        && java.util.Arrays.equals(h.customValues(), first.customValues());
  }

  private static TreeMap<Integer, Double> buckets(List<Span> spans, double[] counts) {
    TreeMap<Integer, Double> out = new TreeMap<>();
    int index = 0;
    int at = 0;
    for (Span s : spans) {
      index += s.offset();
      for (int i = 0; i < s.length(); i++) {
        out.put(index++, counts[at++]);
      }
    }
    return out;
  }

  private static Histogram widened(
      Histogram h, TreeMap<Integer, Double> positive, TreeMap<Integer, Double> negative) {
    Histogram out =
        new Histogram(
            h.counterReset(),
            h.schema(),
            h.zeroThreshold(),
            h.zeroCount(),
            h.count(),
            h.sum(),
            spans(positive),
            counts(positive, buckets(h.positiveSpans(), h.positive())),
            spans(negative),
            counts(negative, buckets(h.negativeSpans(), h.negative())),
            h.customValues());
    return h.hasIntegerCounts() ? out.withIntegerCounts() : out;
  }

  private static List<Span> spans(TreeMap<Integer, Double> buckets) {
    List<Span> out = new ArrayList<>();
    int start = 0;
    int next = 0;
    int behind = 0;
    for (int index : buckets.keySet()) {
      if (next > start && index == next) {
        next++;
        continue;
      }
      if (next > start) {
        out.add(new Span(start - behind, next - start));
        behind = next;
      }
      start = index;
      next = index + 1;
    }
    if (next > start) {
      out.add(new Span(start - behind, next - start));
    }
    return out;
  }

  private static double[] counts(TreeMap<Integer, Double> layout, TreeMap<Integer, Double> own) {
    return layout.keySet().stream().mapToDouble(b -> own.getOrDefault(b, 0.0)).toArray();
  }
}
