package io.lamella.promql.script;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Converts the classic histograms of a load block to native histograms with custom buckets.
final class CustomBucketSeries {
  /// The buckets of one classic histogram at one time.
  private static final class Point {
    private final TreeMap<Double, Double> cumulative = new TreeMap<>();
    private @Nullable Double count;
    private double sum;
  }

  private CustomBucketSeries() {}

  static List<LoadedSeries> of(List<LoadedSeries> block) {
    Map<Labels, TreeMap<Long, Point>> histograms = new LinkedHashMap<>();
    Map<Labels, TreeSet<Double>> bounds = new LinkedHashMap<>();
    for (LoadedSeries s : block) {
      String name = s.labels().metricName();
      String suffix = suffix(name);
      if (suffix.isEmpty() || s.samples().hasHistograms()) {
        continue;
      }
      Labels labels =
          s.labels().toBuilder()
              .set(Labels.METRIC_NAME, name.substring(0, name.length() - suffix.length()))
              .remove("le")
              .build();
      Double le = null;
      if (suffix.equals("_bucket")) {
        try {
          le = ItemParser.number(s.labels().value("le"));
        } catch (NumberFormatException e) {
          continue;
        }
        bounds.computeIfAbsent(labels, _ -> new TreeSet<>()).add(le);
      }
      TreeMap<Long, Point> points = histograms.computeIfAbsent(labels, _ -> new TreeMap<>());
      SampleColumns c = s.samples();
      for (int i = 0; i < c.size(); i++) {
        if (io.lamella.model.Stale.isStale(c.values()[i])) {
          continue;
        }
        Point p = points.computeIfAbsent(c.times()[i], _ -> new Point());
        if (le != null) {
          p.cumulative.put(le, c.values()[i]);
        } else if (suffix.equals("_count")) {
          p.count = c.values()[i];
        } else {
          p.sum = c.values()[i];
        }
      }
    }
    List<LoadedSeries> out = new ArrayList<>();
    histograms.forEach((labels, points) -> {
      if (bounds.containsKey(labels)) {
        SampleColumns columns = new SampleColumns();
        points.forEach((t, p) -> columns.add(t, histogram(p)));
        out.add(new LoadedSeries(labels, columns));
      }
    });
    return out;
  }

  private static String suffix(String name) {
    for (String s : List.of("_bucket", "_sum", "_count")) {
      if (name.endsWith(s)) {
        return s;
      }
    }
    return "";
  }

  private static Histogram histogram(Point p) {
    double last = p.cumulative.isEmpty() ? 0 : p.cumulative.lastEntry().getValue();
    double count = p.count == null ? last : p.count;
    p.cumulative.putIfAbsent(Double.POSITIVE_INFINITY, count);
    double[] custom = new double[p.cumulative.size() - 1];
    double[] counts = new double[p.cumulative.size()];
    int i = 0;
    double before = 0;
    for (Map.Entry<Double, Double> e : p.cumulative.entrySet()) {
      if (i < custom.length) {
        custom[i] = e.getKey();
      }
      counts[i++] = e.getValue() - before;
      before = e.getValue();
    }
    return new Histogram(
        CounterReset.UNKNOWN,
        Histogram.CUSTOM_BUCKETS,
        0,
        0,
        count,
        p.sum,
        List.of(new Span(0, counts.length)),
        counts,
        List.of(),
        new double[0],
        custom);
  }
}
