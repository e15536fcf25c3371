package io.lamella.bench.report;

import io.lamella.bench.store.StoreRequest;
import java.util.List;
import java.util.Map;

/// One question, asked of one server once.
///
/// @param queryClass as `Q1`, `title` in words
/// @param round of the run, from 0
/// @param difference how the answer differs from the reference's; empty where it is right
/// @param requests what the store was asked for meanwhile; empty for a server without one
/// @param cpuSeconds of the server's process; 0 where it is not known
/// @param caches looks into each cache by `tier outcome`, as `memory hit`
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
  /// What the server knows when it is asked.
  public enum Phase {
    /// Nothing: a new process with empty caches, manifests included.
    RESTART,
    /// Manifests and no page.
    COLD,
    /// The same question was answered before.
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
