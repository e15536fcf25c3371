package io.lamella.bench.report;

import io.lamella.bench.store.StoreRequest;
import java.util.List;
import java.util.Map;

/// One query that one server ran once.
///
/// @param difference how the result differs from the reference's; empty where it is right
public record Measurement(
    String server, QueryRound query, Phase phase, String difference, QueryCost cost) {
  /// What the server has cached when the query starts.
  public enum Phase {
    /// Nothing: a new process with empty caches.
    RESTART,
    /// Manifests, but no pages.
    COLD,
    /// Everything that the same query read before.
    WARM
  }

  /// Query class and round of the run.
  ///
  /// @param queryClass such as `Q1`, with its `title`
  /// @param round of the run, from 0
  public record QueryRound(String queryClass, String title, int round) {}

  /// What a query cost.
  ///
  /// @param wallNanos at the client
  /// @param cpuSeconds of the server's process; 0 where unknown
  /// @param requests the store's requests in that time; empty for servers that do not use the store
  /// @param caches cache requests by `tier outcome`, such as `memory hit`
  public record QueryCost(
      long wallNanos, double cpuSeconds, List<StoreRequest> requests, Map<String, Double> caches) {
    public QueryCost {
      requests = List.copyOf(requests);
      caches = Map.copyOf(caches);
    }

    public long gets() {
      return requests.stream().filter(StoreRequest::isGet).count();
    }

    public long fetchedBytes() {
      return requests.stream()
          .filter(StoreRequest::isGet)
          .mapToLong(r -> r.response().bytes())
          .sum();
    }
  }

  public boolean isCorrect() {
    return difference.isEmpty();
  }
}
