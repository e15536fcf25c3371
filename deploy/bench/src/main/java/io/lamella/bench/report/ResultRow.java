package io.lamella.bench.report;

import io.lamella.bench.report.Measurement.Phase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/// Aggregates of one query class, phase and server. Times, counts and shares cover right results
/// only; counts and shares are means.
///
/// @param medians minimum and maximum of the rounds' medians, milliseconds
/// @param dollars price of the GETs of 1,000 queries
public record ResultRow(
    String queryClass,
    String title,
    Phase phase,
    String server,
    int queries,
    int wrong,
    double p50Millis,
    double p90Millis,
    double p99Millis,
    MedianRange medians,
    double rounds,
    double gets,
    double maxGets,
    double fetchedKib,
    double cpuMillis,
    Map<String, Double> caches,
    double dollars) {
  /// Price of a GET on R2, class B operations.
  private static final double DOLLARS_A_GET = 0.36e-6;

  public ResultRow {
    caches = Map.copyOf(caches);
  }

  /// Minimum and maximum of the medians of all rounds.
  public record MedianRange(double min, double max) {}

  /// One row per class, phase and server, in the order of their first measurements.
  public static List<ResultRow> of(List<Measurement> all) {
    Map<List<Object>, List<Measurement>> groups = new LinkedHashMap<>();
    for (Measurement m : all) {
      groups
          .computeIfAbsent(List.of(m.phase(), m.queryClass(), m.server()), k -> new ArrayList<>())
          .add(m);
    }
    List<ResultRow> out = new ArrayList<>();
    groups.values().forEach(g -> out.add(row(g)));
    out.sort(java.util.Comparator.comparing(ResultRow::phase));
    return out;
  }

  private static ResultRow row(List<Measurement> group) {
    Measurement first = group.getFirst();
    List<Measurement> right = group.stream().filter(Measurement::isRight).toList();
    NearestRankQuantiles wall =
        NearestRankQuantiles.of(right.stream().map(m -> m.wallNanos() / 1e6).toList());
    double gets = mean(right, Measurement::gets);
    return new ResultRow(
        first.queryClass(),
        first.title(),
        first.phase(),
        first.server(),
        group.size(),
        group.size() - right.size(),
        wall.at(0.5),
        wall.at(0.9),
        wall.at(0.99),
        medians(right),
        mean(right, m -> RoundTrips.count(m.requests())),
        gets,
        right.stream().mapToDouble(Measurement::gets).max().orElse(0),
        mean(right, m -> m.fetchedBytes() / 1024.0),
        mean(right, m -> m.cpuSeconds() * 1000),
        caches(right),
        gets * 1000 * DOLLARS_A_GET);
  }

  private static double mean(List<Measurement> all, ToDoubleFunction<Measurement> figure) {
    return all.stream().mapToDouble(figure).average().orElse(0);
  }

  private static MedianRange medians(List<Measurement> right) {
    Map<Integer, List<Double>> rounds = new TreeMap<>();
    for (Measurement m : right) {
      rounds.computeIfAbsent(m.round(), r -> new ArrayList<>()).add(m.wallNanos() / 1e6);
    }
    NearestRankQuantiles medians =
        NearestRankQuantiles.of(
            rounds.values().stream().map(v -> NearestRankQuantiles.of(v).at(0.5)).toList());
    return new MedianRange(medians.min(), medians.max());
  }

  private static Map<String, Double> caches(List<Measurement> right) {
    Map<String, Double> out = new TreeMap<>();
    for (Measurement m : right) {
      m.caches().forEach((k, v) -> out.merge(k, v / right.size(), Double::sum));
    }
    return out;
  }

  /// Share of hits among all requests to the page caches; −1 where there were no requests.
  public double hitShare() {
    double hits = 0;
    double cacheRequests =
        caches.getOrDefault("memory hit", 0.0) + caches.getOrDefault("memory miss", 0.0);
    for (Map.Entry<String, Double> c : caches.entrySet()) {
      hits += c.getKey().endsWith(" hit") ? c.getValue() : 0;
    }
    return cacheRequests == 0 ? -1 : hits / cacheRequests;
  }
}
