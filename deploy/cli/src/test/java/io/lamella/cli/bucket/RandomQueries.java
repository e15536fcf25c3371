package io.lamella.cli.bucket;

import io.lamella.model.Labels;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.MatrixSeries;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.QueryException;
import io.lamella.promql.QueryLimits;
import io.lamella.promql.QueryResult;
import io.lamella.promql.SmallParts;
import io.lamella.promql.Value;
import io.lamella.promql.source.SeriesSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/// Range queries whose results depend on every sample and on counter resets, and their results as
/// text.
final class RandomQueries {
  private static final List<String> FLOATS = List.of("requests_total", "up", "odd");
  private static final List<String> OF_ANY =
      List.of(
          "M",
          "M > 2",
          "M != 1",
          "count_over_time(M[7h])",
          "resets(M[1d])",
          "last_over_time(M[45m])",
          "increase(M[6h])",
          "rate(M[2h])",
          "count by (host) (M offset 20m)",
          "count(M == 1)",
          "count by (cluster) (count_over_time(M[3h]))",
          "sum by (host) (resets(M[9h]))");

  /// Two histograms are different where one has an empty bucket more, which depends on the chunk
  /// that they are stored in; so these are of floats only.
  private static final List<String> OF_FLOATS =
      List.of("changes(M[1d])", "sum by (cluster) (changes(M[5h]))");

  /// Not of arbitrary values, because the sign of NaN depends on the order of the series in a
  /// maximum. Sums are of whole numbers and halves, so that they do not depend on the order of the
  /// series.
  private static final List<String> OF_COUNTERS =
      List.of(
          "sum by (cluster) (last_over_time(M[3h]))",
          "sum(M)",
          "max by (cluster) (rate(M[3h]))",
          "max without (dc_id) (increase(M[5h]))",
          "histogram_count(increase(M[6h]))",
          "histogram_sum(rate(M[2h]))",
          "max by (host) (histogram_count(rate(M[3h])))",
          "histogram_quantile(0.9, increase(M[9h]))",
          "max_over_time(histogram_count(M)[4h:17m])",
          "delta(M[3h])");

  private final PromqlEngine engine = new PromqlEngine(EngineOptions.defaults());
  private final PromqlEngine threaded =
      new PromqlEngine(EngineOptions.defaults(), SmallParts.workers());
  private final Random random;
  private final RandomSelectors selectors;

  RandomQueries(Random random) {
    this.random = random;
    this.selectors = new RandomSelectors(random);
  }

  private static final List<String> COUNTER_FUNCTIONS = List.of("resets(", "rate(", "increase(");

  /// Whether Prometheus finds another result where samples of `metric` were deleted: it keeps hints
  /// of histograms that tell of deleted samples, and may miss a counter reset.
  static boolean dependsOnHints(Query query, String metric) {
    return !FLOATS.contains(metric) && COUNTER_FUNCTIONS.stream().anyMatch(query.text::contains);
  }

  /// A query over a time range.
  record Query(String text, long startMillis, long endMillis, long stepMillis) {}

  List<Query> of(String metric, int count) {
    List<Query> out = new ArrayList<>();
    List<String> all = new ArrayList<>(OF_ANY);
    if (FLOATS.contains(metric)) {
      all.addAll(OF_FLOATS);
    }
    if (!metric.equals("odd")) {
      all.addAll(OF_COUNTERS);
    }
    for (int i = 0; i < count; i++) {
      long start = RandomBucket.START - BucketBlock.DAY / 4 + random.nextInt(20_000_000);
      out.add(
          new Query(
              selectors.in(all.get(random.nextInt(all.size())), metric),
              start,
              start + random.nextLong(4 * BucketBlock.DAY),
              (5 + random.nextInt(90)) * 60_000L));
    }
    return out;
  }

  /// The result, or why there is none.
  String result(Query query, SeriesSource source) {
    return result(engine, query, source);
  }

  /// The same where several threads evaluate two series at a time.
  String resultOfThreads(Query query, SeriesSource source) {
    return result(threaded, query, source);
  }

  private static String result(PromqlEngine engine, Query query, SeriesSource source) {
    QueryResult result;
    try {
      result =
          engine.range(
              source,
              query.text,
              query.startMillis,
              query.endMillis,
              query.stepMillis,
              QueryLimits.NONE);
    } catch (QueryException e) {
      return "error " + e.getMessage();
    }
    Map<Labels, String> series = new TreeMap<>();
    if (result.value() instanceof Value.Matrix m) {
      m.series().forEach(s -> series.put(s.labels(), text(s)));
    }
    StringBuilder out = new StringBuilder();
    series.forEach((labels, text) -> out.append(labels).append(text).append('\n'));
    return out.append(new TreeSet<>(result.warnings()))
        .append(new TreeSet<>(result.infos()))
        .toString();
  }

  private static String text(MatrixSeries series) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < series.size(); i++) {
      out.append('\n').append(series.times()[i]).append(' ');
      out.append(SampleText.of(series.values()[i], series.histogramAt(i)));
    }
    return out.toString();
  }
}
