package io.lamella.bench.report;

import io.lamella.bench.report.Measurement.Phase;
import io.lamella.bench.report.Measurement.QueryCost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/// Aggregates of one query class, phase and server. Times, counts and shares cover correct results
/// only; counts and shares are means.
///
/// @param caches cache requests per query by `tier outcome`
public record ResultRow(
    Group group,
    Correctness correctness,
    QueryTimes times,
    StoreUse store,
    Map<String, Double> caches) {
  /// Price of a GET on R2, class B operations.
  private static final double DOLLARS_PER_GET = 0.36e-6;

  public ResultRow {
    caches = Map.copyOf(caches);
  }

  /// What the measurements of a row have in common.
  public record Group(String queryClass, String title, Phase phase, String server) {}

  /// Number of queries, and how many of them had a wrong result.
  public record Correctness(int queries, int wrong) {}

  /// @param medians minimum and maximum of the rounds' medians, milliseconds
  /// @param cpuMillis CPU time of the server per query
  public record QueryTimes(
      double p50Millis,
      double p90Millis,
      double p99Millis,
      MedianRange medians,
      double cpuMillis) {}

  /// Minimum and maximum of the medians of all rounds.
  public record MedianRange(double min, double max) {}

  /// @param rounds dependent round trips per query
  /// @param gets per query, `maxGets` of one query
  /// @param dollars price of the GETs of 1,000 queries
  public record StoreUse(
      double rounds, double gets, double maxGets, double fetchedKib, double dollars) {}

  /// One row per class, phase and server, in the order of their first measurements.
  public static List<ResultRow> of(List<Measurement> all) {
    Map<Group, List<Measurement>> groups = new LinkedHashMap<>();
    for (Measurement m : all) {
      Group group = new Group(m.query().queryClass(), m.query().title(), m.phase(), m.server());
      groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(m);
    }
    List<ResultRow> out = new ArrayList<>();
    groups.forEach((group, measurements) -> out.add(row(group, measurements)));
    out.sort(Comparator.comparing(r -> r.group().phase()));
    return out;
  }

  private static ResultRow row(Group group, List<Measurement> measurements) {
    List<Measurement> correct = measurements.stream().filter(Measurement::isCorrect).toList();
    List<QueryCost> costs = correct.stream().map(Measurement::cost).toList();
    NearestRankQuantiles wall =
        NearestRankQuantiles.of(costs.stream().map(c -> c.wallNanos() / 1e6).toList());
    double gets = mean(costs, QueryCost::gets);
    return new ResultRow(
        group,
        new Correctness(measurements.size(), measurements.size() - correct.size()),
        new QueryTimes(
            wall.at(0.5),
            wall.at(0.9),
            wall.at(0.99),
            medians(correct),
            mean(costs, c -> c.cpuSeconds() * 1000)),
        new StoreUse(
            mean(costs, c -> RoundTrips.count(c.requests())),
            gets,
            costs.stream().mapToDouble(QueryCost::gets).max().orElse(0),
            mean(costs, c -> c.fetchedBytes() / 1024.0),
            gets * 1000 * DOLLARS_PER_GET),
        caches(costs));
  }

  private static double mean(List<QueryCost> all, ToDoubleFunction<QueryCost> figure) {
    return all.stream().mapToDouble(figure).average().orElse(0);
  }

  private static MedianRange medians(List<Measurement> correct) {
    Map<Integer, List<Double>> rounds = new TreeMap<>();
    for (Measurement m : correct) {
      rounds
          .computeIfAbsent(m.query().round(), _ -> new ArrayList<>())
          .add(m.cost().wallNanos() / 1e6);
    }
    NearestRankQuantiles medians =
        NearestRankQuantiles.of(
            rounds.values().stream().map(v -> NearestRankQuantiles.of(v).at(0.5)).toList());
    return new MedianRange(medians.min(), medians.max());
  }

  private static Map<String, Double> caches(List<QueryCost> correct) {
    Map<String, Double> out = new TreeMap<>();
    for (QueryCost c : correct) {
      c.caches().forEach((k, v) -> out.merge(k, v / correct.size(), Double::sum));
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
