package io.lamella.bench.report;

import io.lamella.bench.store.StoreRequest;
import java.util.List;
import java.util.Map;

/// One query that one server ran once.
///
/// @param queryClass such as `Q1`, with its `title`
/// @param round of the run, from 0
/// @param difference how the result differs from the reference's; empty where it is right
/// @param requests the store's requests in that time; empty for servers that do not use the store
/// @param cpuSeconds of the server's process; 0 where unknown
/// @param caches cache requests by `tier outcome`, such as `memory hit`
public record Measurement(
    String server,
    String queryClass,
    String title,
    Phase phase,
    int round,
    long wallNanos,
    String difference,
    List<StoreRequest> requests,
    double cpuSeconds,
    Map<String, Double> caches) {
  /// What the server has cached when the query starts.
  public enum Phase {
    /// Nothing: a new process with empty caches.
    RESTART,
    /// Manifests, but no pages.
    COLD,
    /// Everything that the same query read before.
    WARM
  }

  public Measurement {
    requests = List.copyOf(requests);
    caches = Map.copyOf(caches);
  }

  public boolean isRight() {
    return difference.isEmpty();
  }

  public long gets() {
    return requests.stream().filter(StoreRequest::isGet).count();
  }

  public long fetchedBytes() {
    return requests.stream().filter(StoreRequest::isGet).mapToLong(StoreRequest::bytes).sum();
  }
}
