package io.lamella.cli.bucket;

import io.lamella.cli.bucket.ExpectedBucket.Point;
import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SelectHints;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.promql.source.SeriesSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/// The samples that should be there, and how those of a source differ.
final class ExpectedSeries {
  private final Map<Labels, TreeMap<Long, Point>> samples;

  ExpectedSeries(Map<Labels, TreeMap<Long, Point>> samples) {
    this.samples = samples;
  }

  /// Number of samples.
  int size() {
    return samples.values().stream().mapToInt(TreeMap::size).sum();
  }

  /// The first difference in what a selection of a source has.
  Optional<String> difference(SeriesSource source, List<Matcher> matchers, TimeRange range) {
    Map<Labels, TreeMap<Long, String>> found = new TreeMap<>();
    try (SeriesSet all = source.select(new Selection(matchers, range, SelectHints.NONE))) {
      while (all.next()) {
        SampleColumns read = new SampleColumns();
        all.read(read);
        TreeMap<Long, String> of = new TreeMap<>();
        for (int i = 0; i < read.size(); i++) {
          if (i > 0 && read.times()[i] <= read.times()[i - 1]) {
            return Optional.of(all.labels() + " goes back at " + read.times()[i]);
          }
          if (range.contains(read.times()[i])) {
            of.put(read.times()[i], SampleText.of(read, i));
          }
        }
        if (!of.isEmpty() && found.put(all.labels(), of) != null) {
          return Optional.of("two series " + all.labels());
        }
      }
    }
    return difference(found, matchers, range, Point::allowed);
  }

  /// The first difference of samples as text to what the source blocks offer.
  Optional<String> differenceToOffered(Map<Labels, TreeMap<Long, String>> found) {
    return difference(found, List.of(), TimeRange.ALL, Point::offered);
  }

  private Optional<String> difference(
      Map<Labels, TreeMap<Long, String>> found,
      List<Matcher> matchers,
      TimeRange range,
      Function<Point, Set<String>> values) {
    TreeSet<Labels> both = new TreeSet<>(found.keySet());
    samples.keySet().stream().filter(l -> matches(l, matchers)).forEach(both::add);
    return both.stream()
        .flatMap(l ->
            difference(
                of(l).subMap(range.startMillis(), true, range.endMillis(), true),
                found.getOrDefault(l, new TreeMap<>()),
                values)
                .map(d -> l + " " + d)
                .stream())
        .findFirst();
  }

  private TreeMap<Long, Point> of(Labels labels) {
    return samples.getOrDefault(labels, new TreeMap<>());
  }

  private static boolean matches(Labels labels, List<Matcher> matchers) {
    return matchers.stream().allMatch(m -> m.matches(labels.value(m.name())));
  }

  private static Optional<String> difference(
      Map<Long, Point> expected, TreeMap<Long, String> found, Function<Point, Set<String>> values) {
    Set<Long> times = new TreeSet<>(expected.keySet());
    times.addAll(found.keySet());
    for (Long t : times) {
      Point p = expected.get(t);
      String text = found.get(t);
      if (p == null || text == null || !values.apply(p).contains(text)) {
        return Optional.of(
            "at "
                + t
                + " has "
                + (text == null ? "nothing" : text)
                + ", expected "
                + (p == null ? "nothing" : values.apply(p))
                + "; "
                + found.size()
                + " samples, expected "
                + expected.size());
      }
    }
    return Optional.empty();
  }

  /// Whether each sample of a metric can have one value only.
  boolean isCertain(String metric) {
    return samples.entrySet().stream()
        .filter(s -> s.getKey().value("__name__").equals(metric))
        .allMatch(s -> s.getValue().values().stream().allMatch(p -> p.allowed().size() == 1));
  }

  /// Whether the source blocks agree on each sample of a metric.
  boolean isUncontested(String metric) {
    return samples.entrySet().stream()
        .filter(s -> s.getKey().value("__name__").equals(metric))
        .allMatch(s -> s.getValue().values().stream().allMatch(p -> p.offered().size() == 1));
  }

  /// All series. No histogram says whether there was a reset before it.
  SeriesSource source() {
    Map<Labels, SampleColumns> out = new TreeMap<>();
    samples.forEach((labels, points) -> {
      SampleColumns columns = new SampleColumns();
      points.forEach((t, p) -> {
        Histogram h = p.from().histogramAt(p.index());
        if (h == null) {
          columns.add(t, p.from().values()[p.index()]);
        } else if (h.counterReset() == CounterReset.GAUGE) {
          columns.add(t, h);
        } else {
          columns.add(t, h.withCounterReset(CounterReset.UNKNOWN));
        }
      });
      out.put(labels, columns);
    });
    return new MemorySeriesSource(out);
  }
}
